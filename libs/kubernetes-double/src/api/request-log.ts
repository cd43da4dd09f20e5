import type { ParsedRequest } from './parse-request.js';

/** A request that was answered. */
export interface SeenRequest {
  readonly verb: string;
  readonly group: string;
  /** `pods`, `pods/log`; empty for a path such as `/version`. */
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
  readonly path: string;
  /** Of the answer; 0 when the connection broke. */
  readonly code: number;
  readonly user: string;
  readonly contentType: string;
  readonly dryRun: boolean;
}

export class RequestLog {
  private seen: SeenRequest[] = [];
  private odd: string[] = [];

  add(request: ParsedRequest, outcome: Pick<SeenRequest, 'code' | 'user' | 'contentType'>): void {
    const { verb, path, query } = request;
    const dryRun = query.has('dryRun');
    const of = request.kind === 'path' ? { group: '', resource: '', namespace: '', name: '' } : resourceOf(request);
    this.seen.push({ verb, path, dryRun, ...of, ...outcome });
  }

  addUnexpected(what: string): void {
    this.odd.push(what);
  }

  requests(): readonly SeenRequest[] {
    return this.seen;
  }

  unexpected(): readonly string[] {
    return this.odd;
  }

  /** `patch deployments` → how often. */
  counts(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { verb, resource, path } of this.seen) {
      const key = `${verb} ${resource === '' ? path : resource}`;
      counts[key] = (counts[key] ?? 0) + 1;
    }
    return counts;
  }

  clear(): void {
    this.seen = [];
    this.odd = [];
  }
}

function resourceOf({ group, plural, subresource, namespace, name }: Extract<ParsedRequest, { kind: 'resource' }>): Pick<SeenRequest, 'group' | 'resource' | 'namespace' | 'name'> {
  return { group, resource: subresource === '' ? plural : `${plural}/${subresource}`, namespace, name };
}
