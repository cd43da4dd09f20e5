import { MalformedPackets, takePacket } from './pkt-line.js';
import { acceptedRefs, bandOf, readsSideBand, remoteMessage } from './report-status.js';
import type { PushRequest } from './push-commands.js';

/** Of packets that are kept back: a report of 1,000 refs fits. */
const MAX_HELD = 1024 * 1024;

export interface PushResponse {
  readonly request: PushRequest;
  /** Shown when git refused the push for its size. */
  readonly sizeAdvice: string;
  /** Called with the refs that were updated, before the client learns it. */
  readonly onAccepted: (refs: ReadonlySet<string>) => Promise<void>;
}

/**
 * Passes on what receive-pack answers. Messages go through at once; the report and the end are kept back until the push is noted, so that who has seen its push succeed finds it everywhere.
 */
export async function* passPushResponse(body: AsyncIterable<Buffer>, response: PushResponse): AsyncGenerator<Buffer, void> {
  const reader = new ResponseReader(readsSideBand(response.request), response.sizeAdvice);
  for await (const chunk of body) {
    const messages = reader.push(chunk);
    if (messages.length > 0) yield messages;
  }
  const { report, held } = reader.end();
  await response.onAccepted(acceptedRefs(report));
  if (held.length > 0) yield held;
}

class ResponseReader {
  private left: Buffer = Buffer.alloc(0);
  private readonly held: Buffer[] = [];
  private readonly report: Buffer[] = [];
  private size = 0;
  private advised = false;

  constructor(
    private readonly sideBand: boolean,
    private readonly sizeAdvice: string,
  ) {}

  /** @returns what may go to the client now. */
  push(chunk: Buffer): Buffer {
    if (!this.sideBand) {
      this.hold(chunk, chunk);
      return Buffer.alloc(0);
    }
    this.left = Buffer.concat([this.left, chunk]);
    const through: Buffer[] = [];
    for (let taken = takePacket(this.left); taken; taken = takePacket(this.left)) {
      const raw = this.left.subarray(0, this.left.length - taken.rest.length);
      this.left = taken.rest;
      through.push(...this.take(raw, taken.packet.kind === 'data' ? taken.packet.payload : undefined));
    }
    return Buffer.concat(through);
  }

  end(): { readonly report: Buffer; readonly held: Buffer } {
    return { report: Buffer.concat(this.report), held: Buffer.concat([...this.held, this.left]) };
  }

  private take(raw: Buffer, payload: Buffer | undefined): Buffer[] {
    const band = payload && bandOf(payload);
    if (!band) {
      this.hold(raw);
      return [];
    }
    if (!band.report) return [raw, ...this.advice(band.content)];
    // an empty one only keeps the connection alive
    if (band.content.length === 0) return [raw];
    this.hold(raw, band.content);
    return [];
  }

  /** git's own words for a limit (`attempting to allocate …`) say little. */
  private advice(message: Buffer): Buffer[] {
    if (this.advised || !/exceeds maximum allowed size|attempting to allocate/.test(message.toString('utf8'))) return [];
    this.advised = true;
    return [remoteMessage(this.sizeAdvice)];
  }

  private hold(raw: Buffer, report?: Buffer): void {
    this.size += raw.length;
    if (this.size > MAX_HELD) throw new MalformedPackets('receive-pack reports more than a push can have');
    this.held.push(raw);
    if (report) this.report.push(report);
  }
}

