import {
  apiEntityV1alpha1Validator,
  componentEntityV1alpha1Validator,
  domainEntityV1alpha1Validator,
  Entity,
  groupEntityV1alpha1Validator,
  KindValidator,
  locationEntityV1alpha1Validator,
  resourceEntityV1alpha1Validator,
  systemEntityV1alpha1Validator,
  userEntityV1alpha1Validator,
} from '@backstage/catalog-model';

const VALIDATORS: Record<string, KindValidator> = {
  api: apiEntityV1alpha1Validator,
  component: componentEntityV1alpha1Validator,
  domain: domainEntityV1alpha1Validator,
  group: groupEntityV1alpha1Validator,
  location: locationEntityV1alpha1Validator,
  resource: resourceEntityV1alpha1Validator,
  system: systemEntityV1alpha1Validator,
  user: userEntityV1alpha1Validator,
};

/**
 * Checks an entity against the schema of its kind, as the catalog will. Of kinds that Backstage itself doesn't know, only
 * their own processors know what they should be.
 *
 * @throws TypeError that names what is wrong
 */
export async function checkKind(entity: Entity): Promise<void> {
  const validator = VALIDATORS[entity.kind.toLowerCase()];
  if (validator && !(await validator.check(entity))) {
    throw new TypeError(`apiVersion '${entity.apiVersion}' of kind '${entity.kind}' is not known`);
  }
}
