import { SluiceError } from '@sluice/kernel';

/** The database refused a statement or holds something that this version cannot read: a fault of ours or of the installation, not of the caller's input. */
export class StoreFault extends SluiceError {
  readonly kind = 'internal';
}
