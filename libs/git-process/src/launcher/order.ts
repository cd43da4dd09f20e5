/** What a launcher is told to start. Travels as one line of JSON before the process's standard input. */
export interface LaunchOrder {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface Exited {
  readonly exitCode: number | null;
  readonly signalCode: NodeJS.Signals | null;
}

export interface LaunchFailed {
  readonly message: string;
  readonly code?: string;
}
