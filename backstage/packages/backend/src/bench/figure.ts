/** A figure beside its baseline, as `cargo xtask bench --json` shows it. */
export interface Figure {
  group: 'backstage';
  name: string;
  value: number;
  unit: 'ms' | 's';
  /** What it stands beside. */
  baseline: string;
  /** In the same unit. */
  baseline_value: number;
  ratio: number;
}

/** A figure beside what is allowed, unless another baseline is named. */
export function figure(name: string, value: number, unit: Figure['unit'], beside: number, baseline = 'allowed'): Figure {
  return { group: 'backstage', name, value, unit, baseline, baseline_value: beside, ratio: value / beside };
}

/** The value that a share of the measurements does not exceed. */
export function quantile(measurements: number[], share: number): number {
  const sorted = [...measurements].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)]!;
}

/** Tells a person how far it is. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}
