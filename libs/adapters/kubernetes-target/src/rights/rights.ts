import { err, ok, printableLine, type Result } from '@sluice/kernel';
import { ApiFailure } from '../transport/api-failure.js';
import type { Resource } from '../transport/discovery.js';
import type { Actor, KubeClient } from '../transport/kube-client.js';
import { isObject, type Json, type JsonObject } from '../transport/kube-object.js';

/** Somebody that the agent may apply as. */
export interface Applier {
  /** `shop/deployer`, for people. */
  readonly name: string;
  readonly as: Actor;
}

/** What is done with an object in its life: who lacks one of these is not used for it, so that nothing is begun that cannot be ended. */
const NEEDED = ['get', 'list', 'watch', 'create', 'patch', 'delete'] as const;
const REVIEWS = '/apis/authorization.k8s.io/v1';

type Verdict = Result<Actor, string>;

/**
 * Who applies what: the first of the appliers that has every right for a kind in a namespace. Nobody else is tried: without one the object is refused, with what is missing.
 * https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access
 */
export class Rights {
  private readonly resolved = new Map<string, Promise<Verdict>>();
  private readonly rules = new Map<string, Promise<readonly JsonObject[]>>();
  private readonly wide = new Map<string, Promise<boolean>>();

  constructor(
    private readonly client: Pick<KubeClient, 'create'>,
    private readonly appliers: readonly Applier[],
  ) {}

  /** The error says which verbs on which resource whom is missing. What was found is remembered; what was not is looked for again. @throws Unavailable, ApiFailure */
  async actorFor(resource: Resource, namespace: string): Promise<Verdict> {
    const key = `${resource.group}/${resource.plural}/${namespace}`;
    const known = this.resolved.get(key) ?? this.resolve(resource, namespace);
    this.resolved.set(key, known);
    const verdict = await known.catch((error: unknown) => {
      this.forget();
      throw error;
    });
    if (!verdict.ok) this.forget();
    return verdict;
  }

  /** Whether somebody may read a kind in all namespaces at once. */
  async readsEverywhere(actor: Actor, resource: Resource): Promise<boolean> {
    const key = `${actor ?? ''} ${resource.group}/${resource.plural}`;
    const asking = this.wide.get(key) ?? this.missing(actor, resource, '', ['list', 'watch']).then((missing) => missing.length === 0);
    this.wide.set(key, asking);
    return asking.catch((error: unknown) => {
      this.wide.delete(key);
      throw error;
    });
  }

  /** Rights have changed, as far as the caller knows. */
  forget(): void {
    this.resolved.clear();
    this.rules.clear();
    this.wide.clear();
  }

  private async resolve(resource: Resource, namespace: string): Promise<Verdict> {
    const lacks: string[] = [];
    for (const { name, as } of this.appliers) {
      const missing = await this.lacking(as, resource, namespace);
      if (Array.isArray(missing) && missing.length === 0) return ok(as);
      lacks.push(typeof missing === 'string' ? `${name}: ${missing}` : `${name} lacks ${missing.join(', ')}`);
    }
    const what = `${resource.plural}${resource.group === '' ? '' : `.${resource.group}`}${namespace === '' ? '' : ` in ${namespace}`}`;
    return err(`nobody that the agent may apply as has the rights for ${what} (${lacks.join('; ')})`);
  }

  /** The verbs that are missing, or why nothing can be said. */
  private async lacking(as: Actor, resource: Resource, namespace: string): Promise<readonly string[] | string> {
    try {
      const rules = namespace === '' ? [] : await this.rulesIn(as, namespace);
      const open = NEEDED.filter((verb) => !rules.some((rule) => allows(rule, resource, verb)));
      // the list of rules may be incomplete, also where it does not say so
      return open.length === 0 ? open : await this.missing(as, resource, namespace, open);
    } catch (error) {
      if (error instanceof ApiFailure && error.code === 403) return `the agent may not become it (${printableLine(error.message, 200)})`;
      throw error;
    }
  }

  private rulesIn(as: Actor, namespace: string): Promise<readonly JsonObject[]> {
    const key = `${as ?? ''} ${namespace}`;
    const asking = this.rules.get(key) ?? this.review(as, 'selfsubjectrulesreviews', 'SelfSubjectRulesReview', { namespace }).then((status) => maps(status['resourceRules']));
    this.rules.set(key, asking);
    return asking;
  }

  private async missing(as: Actor, { group, plural, version }: Resource, namespace: string, verbs: readonly string[]): Promise<readonly string[]> {
    const may = async (verb: string) => {
      const resourceAttributes = { group, version, resource: plural, verb, ...(namespace !== '' && { namespace }) };
      return (await this.review(as, 'selfsubjectaccessreviews', 'SelfSubjectAccessReview', { resourceAttributes }))['allowed'] === true;
    };
    if (verbs.length > 2 && (await may('*'))) return [];
    const allowed = await Promise.all(verbs.map(may));
    return verbs.filter((_, index) => !allowed[index]);
  }

  private async review(as: Actor, plural: string, kind: string, spec: Json): Promise<JsonObject> {
    const answer = await this.client.create({ path: `${REVIEWS}/${plural}`, as }, { apiVersion: 'authorization.k8s.io/v1', kind, spec });
    return isObject(answer['status']) ? answer['status'] : {};
  }
}

function allows(rule: JsonObject, { group, plural }: Resource, verb: string): boolean {
  const has = (field: string, ...names: string[]) => {
    const list = rule[field];
    return Array.isArray(list) && [...names, '*'].some((name) => list.includes(name));
  };
  const named = rule['resourceNames'];
  return has('apiGroups', group) && has('resources', plural) && has('verbs', verb) && !(Array.isArray(named) && named.length > 0);
}

function maps(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
