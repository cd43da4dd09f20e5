/** Where the parts of a node are in the text. Offsets count UTF-16 code units from the start of the document's part; ends are exclusive. */
export type NodeLayout = ScalarLayout | AliasLayout | CollectionLayout;

interface Located {
  readonly start: number;
  /** The end of the last leaf (or closing bracket), without comments and the line break behind it. */
  readonly end: number;
  readonly anchor?: string;
  readonly tagged: boolean;
  /** True when no anchor, tag, alias, merge key or `? key` is in it: its text means the same elsewhere. */
  readonly portable: boolean;
  /** True when the node or one below has an anchor. */
  readonly anchored: boolean;
}

export interface ScalarLayout extends Located {
  readonly type: 'scalar';
  /** `empty`: nothing is written, the value is null. */
  readonly style: 'plain' | 'single' | 'double' | 'block' | 'empty';
}

export interface AliasLayout extends Located {
  readonly type: 'alias';
  readonly name: string;
}

export interface CollectionLayout extends Located {
  readonly type: 'map' | 'seq';
  readonly flow: boolean;
  /** Of the first key or dash, from 0. Of a flow collection: the indentation of the line that it starts in. */
  readonly column: number;
  readonly entries: readonly EntryLayout[];
  /** A comment stands between the brackets of a flow collection. */
  readonly commented: boolean;
  /** Something in it is not understood well enough to edit: `? key`, a pair in a flow list. */
  readonly opaque: boolean;
}

/** A pair of a map, or an item of a list. */
export interface EntryLayout {
  /** As kubectl reads it; absent for items and merge keys. */
  readonly key?: string;
  readonly merge: boolean;
  /** Of the key (or its anchor), of the dash, or of an item in brackets. */
  readonly start: number;
  /** Behind the colon or dash; in brackets without one, the start of the value. */
  readonly slot: number;
  readonly value: NodeLayout;
}

/** The layout of one document. */
export interface DocumentLayout {
  readonly text: string;
  readonly root: NodeLayout;
  readonly hasAliases: boolean;
}

export function isCollection(node: NodeLayout): node is CollectionLayout {
  return node.type === 'map' || node.type === 'seq';
}
