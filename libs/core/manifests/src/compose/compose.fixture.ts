import type { ComposeConflict, ComposeFileInput, ComposeFileOutcome, ComposeNote, FileVersion, OwnedField, ResolvedFile } from '../model.js';
import { composeFile } from './compose-file.js';

export const ANY_ITEM = Symbol.for('sluice.any-item');
export const REPLICAS: OwnedField = { kind: 'Deployment', path: ['spec', 'replicas'] };
export const REGISTRY: OwnedField = { kind: 'Deployment', path: ['spec', 'template', 'spec', 'containers', ANY_ITEM, 'image'], part: 'registry' };

export function file(text: string | undefined, mode = '100644'): FileVersion | undefined {
  return text === undefined ? undefined : { mode, bytes: new TextEncoder().encode(text) };
}

export interface Texts {
  readonly base?: string;
  readonly source?: string;
  readonly target?: string;
  readonly owned?: readonly OwnedField[];
  readonly path?: string;
  readonly template?: boolean;
  readonly resolved?: { readonly base?: string; readonly source?: string; readonly target?: string; readonly answer?: string; readonly isComplete?: boolean };
}

function resolvedOf({ base, source, target, answer, isComplete = false }: NonNullable<Texts['resolved']>): ResolvedFile {
  const sides = { base: file(base), source: file(source), target: file(target), answer: file(answer) };
  return { isComplete, ...Object.fromEntries(Object.entries(sides).filter(([, side]) => side !== undefined)) };
}

function inputOf({ base, source, target, owned = [], path = 'app.yaml', template, resolved }: Texts): ComposeFileInput {
  const sides = { base: file(base), source: file(source), target: file(target) };
  return { path, owned, ...(resolved && { resolved: resolvedOf(resolved) }), ...(template !== undefined && { template }), ...Object.fromEntries(Object.entries(sides).filter(([, side]) => side !== undefined)) };
}

export function compose(texts: Texts): ComposeFileOutcome {
  return composeFile(inputOf(texts));
}

/** The text that is written; the outcome's kind when none is. */
export function composed(texts: Texts): string {
  const outcome = compose(texts);
  if (outcome.kind === 'write') return new TextDecoder('utf-8', { ignoreBOM: true }).decode(outcome.file.bytes);
  return outcome.kind === 'conflict' ? `conflict: ${outcome.conflicts.map(({ reason, field, message }) => field ?? `${reason}: ${message}`).join(', ')}` : outcome.kind;
}

/** What the file becomes when each conflict is left as the target has it. */
export function rest(texts: Texts): string | undefined {
  const outcome = compose(texts);
  return outcome.kind === 'conflict' && outcome.rest ? new TextDecoder().decode(outcome.rest.file.bytes) : undefined;
}

export function conflicts(texts: Texts): readonly ComposeConflict[] {
  const outcome = compose(texts);
  return outcome.kind === 'conflict' ? outcome.conflicts : [];
}

export function notes(texts: Texts): readonly ComposeNote[] {
  const outcome = compose(texts);
  return outcome.kind === 'write' ? outcome.notes : [];
}

export const SHOP = `# The shop's front end
apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
spec:
  replicas: 1 # a start
  template:
    spec:
      containers:
        - name: web
          image: dev.example/shop/web:1.0 # pinned
          env:
            - name: PORT
              value: "8080"
            # the log's detail
            - name: LEVEL
              value: info
          ports:
            - containerPort: 8080
---
apiVersion: v1
kind: Service
metadata:
  name: shop
spec:
  ports:
    - port: 80
`;
