import { InvalidInput } from '@sluice/kernel';
import type { Applier } from './rights.js';

/** Instead of a list: the agent's own account applies. */
const SELF = 'self';
const ACCOUNT = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)\/([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?)$/;

/** `shop/deployer,infra/deployer`, or `self`. @throws InvalidInput */
export function parseAppliers(text: string): readonly Applier[] {
  if (text.trim() === SELF) return [{ name: 'the agent itself', as: undefined }];
  const names = text.split(',').map((name) => name.trim()).filter((name) => name !== '');
  if (names.length === 0) throw new InvalidInput(`nothing says with whose rights the agent is to apply: name ServiceAccounts as namespace/name, or ${SELF} for its own account`);
  return names.map(applierOf);
}

function applierOf(name: string): Applier {
  const match = ACCOUNT.exec(name);
  if (!match) throw new InvalidInput(`"${name.slice(0, 100)}" is no ServiceAccount: write namespace/name, or only ${SELF} for the agent's own account`);
  return { name, as: `system:serviceaccount:${match[1]}:${match[3]}` };
}
