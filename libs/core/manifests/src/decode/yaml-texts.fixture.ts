import fc from 'fast-check';

/** Puts a node into a text: `indent` columns deep, behind its key or its dash. A node on the same line starts with a blank. */
type Node = (indent: number) => string;
type Texts = fc.Arbitrary<string>;

const pad = (indent: number): string => ' '.repeat(indent);
const oneOf = (words: string): Texts => fc.constantFrom(...words.split(' '));

/** What YAML 1.1, YAML 1.2 and Go's parser read as something else than text, or nearly. */
const WORDS = oneOf(
  `y Y yes Yes YES yEs n N no No NO on On ON off Off OFF true True TRUE tRUE false False FALSE null Null NULL nULL ~ ~x 0 -0 +0 00 01 08 09 010 -012 +012 0777_7 0o17 0O17 0o8 0x1F 0X1f 0x_1F -0x1f 0x 0b11 0b1_1 -0b1 0b2
  1_000 _1 1_ 1__0 -_1 9007199254740993 9223372036854775807 -9223372036854775808 -9223372036854775809 9223372036854775808 18446744073709551615 18446744073709551616 +9223372036854775808 1e3 1E3 1e+3 1e-3 1e 1.5e3 1. .5 -.5 +.5 . - +
  1_0.5 .5_0 ._5 1.2.3 1e400 0.1 1e21 1e20 123456789012345678901234567890 0.1e-7 5e-324 1.7976931348623157e308 1:30 1:30:20 12:30.5 -1:30 190:20:30.15 2001-01-01 2001-1-1 2001-12-14t21:59:43.10-05:00 2001-12-14T21:59:43Z = << .inf -.inf .nan .Inf .NaN 0x1p3`.split(/\s+/).join(' '),
);
const NUMBERS = fc.stringMatching(/^[-+.]?[0-9._eExXoObBaAfF:+-]{1,9}$/).map((text) => text.replace(/:$/, ''));
/** Letters, what YAML gives a meaning to, and characters that some readers take for line breaks or blanks. */
const RARE = fc.constantFrom('\u0085', '\u2028', '\u2029', '@', '`', '%', '\t', ': ', ' #', ', ', '&', '*', '!', '|', '>', "'", '"', '[', ']', '{', '}');
const PIECES = fc.constantFrom('a', 'b c', 'é', '世', '😀', '\u00a0', '\ufeff', ':', '#', '-', '?', ',', '\\', '=', '<<', '~', '/', '1', '0', ' ', '  ');
const PLAIN = fc.array(fc.oneof({ weight: 12, arbitrary: PIECES }, { weight: 1, arbitrary: RARE }), { minLength: 1, maxLength: 5 }).map((pieces) => pieces.join('').replace(/^[&*!?\s]+/, '').trim() || 'x');
const CONTENT = fc.array(fc.oneof({ weight: 3, arbitrary: fc.constantFrom('a', 'bc', 'é', '😀', ' ', '  ', ':', '#', '- ', '1', 'yes') }, { weight: 1, arbitrary: fc.oneof({ weight: 6, arbitrary: PIECES }, { weight: 1, arbitrary: RARE }) }), { maxLength: 6 }).map((pieces) => pieces.join(''));

const SINGLE = CONTENT.map((text) => `'${text.replaceAll("'", "''")}'`);
const ESCAPES = fc.oneof({ weight: 20, arbitrary: oneOf('\\n \\t \\r \\0 \\a \\b \\e \\f \\v \\" \\\\ \\N \\_ \\L \\P \\x41 \\xe9 \\u00e9 \\u4e16 \\U0001F600') }, { weight: 1, arbitrary: oneOf('\\/ \\ud83d\\ude00 \\ud800 \\q \\x4') });
const DOUBLE = fc.array(fc.oneof(CONTENT.map((text) => text.replace(/["\\]/g, '\\$&')), ESCAPES), { maxLength: 4 }).map((pieces) => `"${pieces.join('')}"`);

const SCALAR = fc.oneof({ weight: 5, arbitrary: WORDS }, { weight: 3, arbitrary: NUMBERS }, { weight: 3, arbitrary: PLAIN }, { weight: 1, arbitrary: SINGLE }, { weight: 2, arbitrary: DOUBLE });

/** Quoted and plain texts of several lines, with blank lines and lines that are indented more. */
const FOLDED: fc.Arbitrary<Node> = fc
  .tuple(fc.constantFrom('"', "'", ''), fc.array(fc.constantFrom('one', 'two ', ' three', '\tfour', '', ' ', 'a: b', '# no', '- five', 'six\\'), { minLength: 2, maxLength: 4 }))
  .map(([quote, lines]) => (indent) => ` ${quote}${lines.map((line, index) => (index === 0 ? line.trim() || 'zero' : `${pad(indent)}${line}`)).join('\n')}${quote}\n`);

/** `|` and `>` with every indicator, lines that are indented more, blank lines, tabs. */
const BLOCK: fc.Arbitrary<Node> = fc
  .tuple(oneOf('| > |- >- |+ >+ |2 >2 |1- |-2 >+2 |9'), fc.constantFrom('', ' # comment', ' #', '#no', ' '), fc.array(fc.constantFrom('one', 'two', ' more', '  most', '', ' ', '\ttab', '# no comment', '- x', 'a: 1', 'é😀', 'end '), { maxLength: 5 }), fc.nat(2))
  .map(([head, comment, lines, extra]) => (indent) => ` ${head}${comment}\n${lines.map((line) => (line === '' ? '\n' : `${pad(indent + extra)}${line}\n`)).join('')}`);

const COMMENT = fc.oneof({ weight: 30, arbitrary: fc.constantFrom('', '', '', '', '', ' # comment', ' #', ' \t# tab', '\t', ' ') }, { weight: 1, arbitrary: fc.constantFrom('#not') });
const ANCHORS = fc.constantFrom(...Array<string>(8).fill(''), ' &a', ' &b');
const PROPERTIES = fc.oneof({ weight: 8, arbitrary: ANCHORS }, { weight: 2, arbitrary: fc.constantFrom(' !!str', ' &a !!str', ' !!str &b') }, { weight: 1, arbitrary: fc.constantFrom(' !!int', ' !!float', ' !!bool', ' !!null', ' !!binary', ' !!timestamp', ' !custom', ' !') });
const KEY = fc.oneof({ weight: 30, arbitrary: oneOf('a b c d e f g h i j k l m n o p q r s t') }, { weight: 4, arbitrary: WORDS }, { weight: 1, arbitrary: SINGLE }, { weight: 1, arbitrary: DOUBLE }, { weight: 1, arbitrary: PLAIN });

const FLOW_SCALAR = fc.oneof({ weight: 3, arbitrary: WORDS }, { weight: 3, arbitrary: DOUBLE }, { weight: 3, arbitrary: SINGLE }, { weight: 3, arbitrary: oneOf('a b {} [] 1') }, { weight: 1, arbitrary: fc.constantFrom('*a ', '*b ', '&a x', '&b "y"') });
const BREAKS = fc.constantFrom('', '', ' ', '\n      ', '\n      # c\n      ', '\n');
const FLOW: fc.Arbitrary<string> = fc.letrec<{ flow: string; list: string; map: string }>((tie) => ({
  flow: fc.oneof({ maxDepth: 2 }, { weight: 3, arbitrary: FLOW_SCALAR }, { weight: 1, arbitrary: tie('list') }, { weight: 1, arbitrary: tie('map') }),
  list: fc.tuple(fc.array(tie('flow'), { maxLength: 3 }), BREAKS, fc.constantFrom('', ',', ' ')).map(([items, space, end]) => `[${space}${items.join(`,${space || ' '}`)}${end}${space}]`),
  map: fc.tuple(fc.array(fc.tuple(KEY, fc.constantFrom(': ', ':', ' : ', ''), tie('flow')), { maxLength: 3 }), BREAKS, fc.constantFrom('', ',', ' ')).map(
    ([pairs, space, end]) => `{${space}${pairs.map(([key, colon, value]) => (colon === '' ? key : `${key}${colon}${value}`)).join(`,${space || ' '}`)}${end}${space}}`,
  ),
})).flow;

const { node: NODE, map: MAP } = fc.letrec<{ node: Node; map: Node; list: Node; pair: Node }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3 },
    { weight: 8, arbitrary: fc.tuple(PROPERTIES, SCALAR, COMMENT).map(([properties, scalar, comment]) => () => `${properties} ${scalar}${comment}\n`) },
    { weight: 1, arbitrary: fc.tuple(PROPERTIES, COMMENT).map(([properties, comment]) => () => `${properties}${comment}\n`) },
    { weight: 1, arbitrary: oneOf('*a *b').map((alias) => () => ` ${alias}\n`) },
    { weight: 2, arbitrary: fc.tuple(PROPERTIES, BLOCK).map(([properties, block]) => (indent: number) => `${properties}${block(indent)}`) },
    { weight: 2, arbitrary: FOLDED },
    { weight: 2, arbitrary: fc.tuple(ANCHORS, FLOW, COMMENT).map(([properties, flow, comment]) => () => `${properties} ${flow}${comment}\n`) },
    { weight: 3, arbitrary: fc.tuple(ANCHORS, tie('map')).map(([properties, map]) => (indent: number) => `${properties}\n${map(indent)}`) },
    { weight: 3, arbitrary: fc.tuple(ANCHORS, tie('list'), fc.boolean()).map(([properties, list, outdented]) => (indent: number) => `${properties}\n${list(outdented ? Math.max(2, indent - 2) : indent)}`) },
  ),
  map: fc.array(tie('pair'), { minLength: 1, maxLength: 4 }).map((pairs) => (indent: number) => pairs.map((pair) => pair(indent)).join('')),
  list: fc.array(tie('node'), { minLength: 1, maxLength: 3 }).map((items) => (indent: number) => items.map((item) => `${pad(indent)}-${item(indent + 2)}`).join('')),
  pair: fc.oneof(
    { weight: 12, arbitrary: fc.tuple(KEY, tie('node')).map(([key, node]) => (indent: number) => `${pad(indent)}${key}:${node(indent + 2)}`) },
    { weight: 1, arbitrary: fc.constantFrom('*a', '[*a, *b]', '*b', '{x: 1}', '[{x: 1}, {x: 2, y: 3}]').map((source) => (indent: number) => `${pad(indent)}<<: ${source}\n`) },
    { weight: 1, arbitrary: fc.constantFrom('# comment', '', '   ', ' # more', '\t').map((line) => () => `${line}\n`) },
    { weight: 1, arbitrary: fc.tuple(KEY, tie('node')).map(([key, node]) => (indent: number) => `${pad(indent)}? ${key}\n${pad(indent)}:${node(indent + 2)}`) },
  ),
}));

const END = fc.constantFrom<(text: string) => string>(
  ...[(text: string) => text, (text: string) => text, (text: string) => text, (text: string) => text.replace(/\n$/, ''), (text: string) => text.replaceAll('\n', '\r\n'), (text: string) => `${text}...\n`, (text: string) => `${text}---\n`, (text: string) => `${text}--- # nothing\n# more\n`, (text: string) => `---\n${text}`, (text: string) => `# first\n---   # second\n${text}`, (text: string) => `\ufeff${text}`, (text: string) => `${text}   `, (text: string) => `${text}\n\n`],
);

/** A text around `data`, whose values are anything that people and programs write into YAML, and some that nobody does. */
export const YAML_TEXT: fc.Arbitrary<(name: string) => string> = fc
  .tuple(fc.oneof({ weight: 6, arbitrary: MAP.map((map) => `\n${map(2)}`) }, { weight: 1, arbitrary: NODE.map((node) => node(2)) }), END)
  .map(([data, end]) => (name) => end(`apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata:${data}`));
