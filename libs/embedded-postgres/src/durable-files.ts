import type { PGlite } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';
import { closeSync, fsyncSync, openSync } from 'node:fs';

/** An open file of Emscripten's NODEFS: regular files have a descriptor, folders only a node. */
interface OpenFile {
  readonly nfd?: number;
  readonly node: object;
}
interface NodeFilesystem {
  readonly stream_ops: { fsync?: (file: OpenFile) => number };
  realPath(node: object): string;
}

type Initialize = NodeFS['init'];

/** PGlite's file system with an fsync that reaches the disk; its own answers "done" and does nothing. */
export class DurableFiles extends NodeFS {
  override async init(database: PGlite, options: Parameters<Initialize>[1]): ReturnType<Initialize> {
    const { emscriptenOpts } = await super.init(database, options);
    const installFsync = (module: unknown): void => {
      const files = nodeFilesystem(module);
      files.stream_ops.fsync = ({ nfd, node }) => {
        if (nfd === undefined) syncFolder(files.realPath(node));
        else fsyncSync(nfd);
        return 0;
      };
    };
    return { emscriptenOpts: { ...emscriptenOpts, preRun: [...[emscriptenOpts.preRun ?? []].flat(), installFsync] } };
  }
}

function nodeFilesystem(module: unknown): NodeFilesystem {
  const found = (module as { readonly NODEFS?: NodeFilesystem }).NODEFS;
  if (!found) throw new Error('PGlite has changed: its Node file system is not where it was');
  return found;
}

function syncFolder(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
