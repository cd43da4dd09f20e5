import { SluiceError } from '@sluice/kernel';

/** An edit that cannot be made in the text without guessing; a person has to make it. */
export class UnsupportedEdit extends SluiceError {
  readonly kind = 'unsupported';

  constructor(
    message: string,
    /** Where in the document's part of the text. */
    readonly offset: number,
  ) {
    super(message);
  }
}
