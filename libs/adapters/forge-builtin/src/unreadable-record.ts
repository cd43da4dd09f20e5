import { SluiceError } from '@sluice/kernel';

/** A record of the forge that was written by something else, or damaged. The others are not affected. */
export class UnreadableRecord extends SluiceError {
  readonly kind = 'internal';

  constructor(
    readonly ref: string,
    cause: unknown,
  ) {
    super(`The record at ${ref} cannot be read. Look at it with "git cat-file -p ${ref}", and put back an earlier one from its history or delete the ref.`, { cause, details: { ref } });
  }
}
