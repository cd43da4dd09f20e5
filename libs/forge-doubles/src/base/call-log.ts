/** A call that the double got. */
export interface SeenCall {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  /** The route's pattern, or `unknown`. */
  readonly route: string;
  /** 0: never answered. */
  readonly status: number;
  /** Of whoever asked, as far as that is known. */
  readonly login: string;
}

/** What was asked, for budgets; and what no careful client asks. */
export class CallLog {
  private seen: SeenCall[] = [];
  private readonly strange: string[] = [];

  add(call: SeenCall): void {
    this.seen.push(call);
  }

  addUnexpected(text: string): void {
    this.strange.push(text);
  }

  calls(): readonly SeenCall[] {
    return this.seen;
  }

  /** `GET /repos/{owner}/{repo}` → how often. */
  counts(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { method, route } of this.seen) counts[`${method} ${route}`] = (counts[`${method} ${route}`] ?? 0) + 1;
    return counts;
  }

  unexpected(): readonly string[] {
    return this.strange;
  }

  clear(): void {
    this.seen = [];
  }
}
