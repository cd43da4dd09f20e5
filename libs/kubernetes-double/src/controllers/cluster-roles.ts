import { aggregatedRules } from '../access/rbac.js';
import type { Hands } from './hands.js';

const KEY = 'rbac.authorization.k8s.io/clusterroles';
const MANAGER = 'clusterrole-aggregation-controller';

/** A ClusterRole came, changed or went: the control plane writes the rules of those that are made of others. https://kubernetes.io/docs/reference/access-authn-authz/rbac/#aggregated-clusterroles */
export function followClusterRoles(hands: Hands): void {
  for (const { key, object } of hands.world.store.everything(({ kind, aggregationRule }) => kind === 'ClusterRole' && aggregationRule !== undefined)) {
    if (key === KEY) hands.change(key, object, (next) => (next['rules'] = aggregatedRules(hands.world.store, object)), { manager: MANAGER });
  }
}
