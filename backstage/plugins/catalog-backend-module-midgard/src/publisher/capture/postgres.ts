/** A new text of the function needs a new version, or databases that have the old one keep it. */
export const VERSION = 'midgard 2';

/**
 * Writes down what becomes of a final entity, in the transaction that changes it.
 *
 * - An identical write is no change, and a row without an entity (not stitched yet) is no entity.
 * - Nothing that goes wrong here reaches the catalog: the entity is noted for a comparison, and if even that fails, the
 *   regular comparison of everything finds it.
 * - Whoever locks the outbox, as `VACUUM FULL` does, holds up the catalog for a moment only: OTHERS does not catch what
 *   a `statement_timeout` throws, so the wait has to end before.
 * - Columns are named in the body only, so that the function never stands in the way of the catalog's own migrations.
 */
const FUNCTION = `CREATE OR REPLACE FUNCTION midgard_catalog_capture() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT SET lock_timeout TO '500ms' AS $midgard$
DECLARE
  happened bigint := (extract(epoch FROM clock_timestamp()) * 1000)::bigint;
  ref text;
  now_is text;
BEGIN
  IF TG_OP = 'TRUNCATE' THEN
    INSERT INTO midgard_catalog_recheck (entity_ref, kind, occurred_at)
      SELECT entity_ref, kind, happened FROM midgard_catalog_published;
    RETURN NULL;
  ELSIF TG_OP = 'DELETE' THEN
    IF OLD.final_entity IS NULL THEN RETURN NULL; END IF;
    ref := OLD.entity_ref;
  ELSE
    IF TG_OP = 'INSERT' THEN
      IF NEW.final_entity IS NULL THEN RETURN NULL; END IF;
    ELSIF NEW.final_entity IS NOT DISTINCT FROM OLD.final_entity THEN
      RETURN NULL;
    END IF;
    ref := NEW.entity_ref;
    now_is := NEW.final_entity;
  END IF;
  BEGIN
    INSERT INTO midgard_catalog_outbox (entity_ref, kind, entity, occurred_at)
      VALUES (ref, split_part(ref, ':', 1), now_is, happened);
  EXCEPTION WHEN OTHERS THEN
    RAISE WARNING 'midgard could not write down a change of %, and notes it for comparison: %', ref, SQLERRM;
    INSERT INTO midgard_catalog_recheck (entity_ref, kind, occurred_at)
      VALUES (ref, split_part(ref, ':', 1), happened);
  END;
  RETURN NULL;
EXCEPTION WHEN OTHERS THEN
  RAISE WARNING 'midgard could not note a change of %; the next full comparison finds it: %', ref, SQLERRM;
  RETURN NULL;
END
$midgard$`;

export const REMOVE = [
  'DROP TRIGGER IF EXISTS midgard_catalog_capture ON final_entities',
  'DROP TRIGGER IF EXISTS midgard_catalog_capture_truncate ON final_entities',
  'DROP FUNCTION IF EXISTS midgard_catalog_capture()',
];

export const INSTALL = [
  ...REMOVE,
  FUNCTION,
  `COMMENT ON FUNCTION midgard_catalog_capture() IS '${VERSION}'`,
  `CREATE TRIGGER midgard_catalog_capture AFTER INSERT OR UPDATE OR DELETE ON final_entities
  FOR EACH ROW EXECUTE FUNCTION midgard_catalog_capture()`,
  `CREATE TRIGGER midgard_catalog_capture_truncate AFTER TRUNCATE ON final_entities
  FOR EACH STATEMENT EXECUTE FUNCTION midgard_catalog_capture()`,
];

/** Counts enabled triggers that run the function of this version: two, if all is well. */
export const COUNT_INSTALLED = `SELECT count(*) AS count FROM pg_trigger t
  JOIN pg_proc p ON p.oid = t.tgfoid
  WHERE t.tgrelid = to_regclass('final_entities') AND NOT t.tgisinternal AND t.tgenabled IN ('O', 'A')
    AND p.proname = 'midgard_catalog_capture' AND obj_description(p.oid, 'pg_proc') = '${VERSION}'`;
