import { connect, createServer, Server, Socket } from 'node:net';
import { once } from 'node:events';

/** The way to a server, which can be opened and shut. */
export class Relay {
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;

  /** @param target `host:port`, or several of them, of which the first is taken */
  constructor(
    private readonly port: number,
    private readonly target: string,
  ) {}

  async open(): Promise<void> {
    const [host, port] = this.target.split(',')[0]!.split(':');
    this.#server = createServer(inward => {
      const outward = connect(Number(port), host);
      for (const socket of [inward, outward]) this.#keep(socket);
      inward.pipe(outward).pipe(inward);
    }).listen(this.port, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  shut(): void {
    this.#server?.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#sockets.delete(socket));
  }
}
