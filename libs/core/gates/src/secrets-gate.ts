import { compileSelection } from '@sluice/pipeline';
import type { SecretsGate } from '@sluice/pipeline';
import type { PlaintextSecret, SecretsResult } from '@sluice/policy';
import { printableLine } from '@sluice/kernel';
import type { Judgement } from './verdicts.js';

export interface SecretsFinding {
  readonly kind: 'secrets';
  readonly result: SecretsResult;
}

const SHOWN = 3;

/** `secrets`: the promotion brings no Secret in plain text but those that are allowed. Says where it is, never what it is. */
export function evaluateSecretsGate({ allow }: SecretsGate, { result }: SecretsFinding): Judgement {
  const found = result.secrets.filter((secret) => !allow.some((pattern) => matches(pattern, secret)));
  const evidence = { plaintext: found.length, allowed: result.secrets.length - found.length };
  if (found.length > 0) {
    const more = found.length > SHOWN ? ` and ${found.length - SHOWN} more` : '';
    return {
      outcome: 'fail',
      message: `in plain text: ${found.slice(0, SHOWN).map(described).join(', ')}${more}`,
      clearedBy: 'a change that encrypts it (SealedSecret, ExternalSecret, SOPS); what was in it is in the history: renew it',
      evidence,
    };
  }
  if (result.unreadable.length > 0) {
    const names = result.unreadable.slice(0, SHOWN).map((path) => printableLine(path, 200));
    return { outcome: 'fail', message: `${names.join(', ')} cannot be read, so nobody can tell whether there is a Secret in it`, clearedBy: 'a change that makes it readable', evidence };
  }
  return { outcome: 'pass', message: `no Secret in plain text${evidence.allowed > 0 ? ` but ${evidence.allowed} allowed` : ''}`, evidence };
}

function described({ path, namespace, name, where }: PlaintextSecret): string {
  return printableLine(`Secret ${namespace === '' ? '' : `${namespace}/`}${name || '(no name)'} in ${path} (${where})`, 300);
}

/** A Secret without a namespace has any that its file is applied in: only a pattern for all of them is for it. */
function matches(pattern: string, { namespace, name }: PlaintextSecret): boolean {
  const [first = '', second] = pattern.split('/');
  const [wantedNamespace, wantedName] = second === undefined ? ['*', first] : [first, second];
  if (name === '' || name.includes('/') || !one(wantedName, name)) return false;
  return wantedNamespace === '*' || (namespace !== '' && !namespace.includes('/') && one(wantedNamespace, namespace));
}

function one(pattern: string, text: string): boolean {
  return compileSelection({ include: [pattern], exclude: [] }).matches(text);
}
