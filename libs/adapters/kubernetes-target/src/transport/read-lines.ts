/** A line longer than this is no event of an API server. */
const MAX_LINE_CHARS = 16 * 1024 * 1024;

/** The lines of a stream, the last one only if it ended. @throws Error for a line without end; errors of the stream */
export async function* linesOf(stream: AsyncIterable<unknown>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > MAX_LINE_CHARS) throw new Error('a line of the stream has no end');
    for (const line of lines) if (line.trim() !== '') yield line;
  }
}
