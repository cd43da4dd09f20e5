/**
 * Another process (or another part of this one) holds the folder. The edges say what to do about it in words of their own; its shape is that of the kernel's Conflict, because this layer imports nothing internal.
 */
export class FolderLocked extends Error {
  readonly kind = 'conflict';
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    readonly folder: string,
    /** The process that holds it, when it could tell. */
    readonly pid: number | undefined,
  ) {
    const holder = pid === undefined ? 'another process' : pid === process.pid ? 'this process' : `process ${pid}`;
    super(`${folder} is in use by ${holder}: end that first, or use another folder`);
    this.name = 'FolderLocked';
    this.details = { folder, ...(pid === undefined ? {} : { pid }) };
  }
}
