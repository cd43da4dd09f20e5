/** git's framing (gitprotocol-common(5)): four hex digits of length, themselves included, then the payload. `flush`: the length 0. */
export type Packet = { readonly kind: 'data'; readonly payload: Buffer } | { readonly kind: 'special'; readonly length: number };

export const FLUSH = Buffer.from('0000', 'ascii');
/** Payload of one packet at most. */
export const MAX_PAYLOAD = 65_516;

/** The peer sent what is no pkt-line. */
export class MalformedPackets extends Error {}

export function packet(payload: string | Buffer): Buffer {
  const bytes = Buffer.from(payload);
  if (bytes.length > MAX_PAYLOAD) throw new MalformedPackets(`a packet of ${bytes.length} bytes is too long`);
  return Buffer.concat([Buffer.from((bytes.length + 4).toString(16).padStart(4, '0'), 'ascii'), bytes]);
}

/**
 * Takes one packet off the front of a buffer.
 * @returns undefined when it is not complete yet. @throws MalformedPackets
 */
export function takePacket(buffer: Buffer): { readonly packet: Packet; readonly rest: Buffer } | undefined {
  if (buffer.length < 4) return undefined;
  const digits = buffer.toString('latin1', 0, 4);
  if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw new MalformedPackets('a packet begins with something else than its length');
  const length = Number.parseInt(digits, 16);
  // 0 flush, 1 delimiter, 2 end of response; 3 is not used
  if (length < 4) return { packet: { kind: 'special', length }, rest: buffer.subarray(4) };
  if (buffer.length < length) return undefined;
  return { packet: { kind: 'data', payload: buffer.subarray(4, length) }, rest: buffer.subarray(length) };
}
