import { Unavailable } from '@sluice/kernel';

/** The server was asked to do something, and nobody knows whether it did. */
export class Unanswered extends Unavailable {}
