/** A test that an agent of the source environment runs on its content. */
export interface TestGate {
  readonly name: string;
  readonly type: 'test';
  readonly test: TestDefinition;
}

/** One of `spec.tests`. */
export interface TestDefinition {
  readonly name: string;
  /** Program and arguments; never empty. */
  readonly command: readonly string[];
  /** Milliseconds. */
  readonly timeout: number;
  /** What a cluster runs it in. */
  readonly image?: string;
}
