import { isList, isMap, type Value } from '@sluice/manifests';
import type { DesiredObject } from '../model.js';
import { kindName } from './kind-order.js';

/** Keys of what each object needs without saying so, among the objects of the same commit: its namespace, the definition of its kind, the Services that its webhooks call. */
export class ImpliedNeeds {
  private readonly namespaces: ReadonlyMap<string, string>;
  private readonly definitions: ReadonlyMap<string, string>;
  private readonly services: ReadonlyMap<string, string>;

  constructor(objects: ReadonlyMap<string, DesiredObject>) {
    const entries = [...objects];
    const ofKind = (kind: string): (readonly [string, DesiredObject])[] => entries.filter(([, object]) => kindName(object.identity) === kind);
    this.namespaces = new Map(ofKind('Namespace').map(([key, { identity }]) => [identity.name, key]));
    this.services = new Map(ofKind('Service').map(([key, { identity }]) => [`${identity.namespace}/${identity.name}`, key]));
    this.definitions = new Map(ofKind('CustomResourceDefinition.apiextensions.k8s.io').flatMap(([key, { value }]) => definedKind(value).map((kind) => [kind, key])));
  }

  of({ identity, value }: DesiredObject): string[] {
    const needed = [identity.namespace === '' ? undefined : this.namespaces.get(identity.namespace), this.definitions.get(kindName(identity)), ...servicesOf(value).map((service) => this.services.get(service))];
    return needed.filter((key) => key !== undefined);
  }
}

function definedKind(definition: Value): string[] {
  const spec = fieldOf(definition, 'spec');
  const [group, kind] = [fieldOf(spec, 'group'), fieldOf(fieldOf(spec, 'names'), 'kind')];
  return typeof group === 'string' && typeof kind === 'string' ? [`${kind}.${group}`] : [];
}

// a webhook whose service is missing refuses everything that it is asked about
function servicesOf(object: Value): string[] {
  const webhooks = fieldOf(object, 'webhooks');
  if (!isList(webhooks)) return [];
  return webhooks.flatMap((webhook) => {
    const service = fieldOf(fieldOf(webhook, 'clientConfig'), 'service');
    const [namespace, name] = [fieldOf(service, 'namespace'), fieldOf(service, 'name')];
    return typeof namespace === 'string' && typeof name === 'string' ? [`${namespace}/${name}`] : [];
  });
}

function fieldOf(value: Value | undefined, field: string): Value | undefined {
  return isMap(value) ? value.get(field) : undefined;
}
