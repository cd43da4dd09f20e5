import { SluiceError } from '@sluice/kernel';

/** `limit`: too large to be read safely. `unsupported`: YAML that readers understand differently, so that we refuse it. */
export type ManifestErrorReason = 'syntax' | 'unsupported' | 'limit';

/** A YAML or JSON text that cannot be read with one certain meaning. `line` and `column` count from 1. */
export class ManifestError extends SluiceError {
  readonly kind = 'invalid';

  readonly line: number;
  readonly column: number;

  constructor(
    message: string,
    readonly reason: ManifestErrorReason,
    { line, column }: { readonly line: number; readonly column: number },
  ) {
    super(`${message} (line ${line}, column ${column})`, { details: { reason, line, column } });
    this.line = line;
    this.column = column;
  }
}
