import { printableLine } from '@sluice/kernel';
import { FLUSH, MAX_PAYLOAD, packet, takePacket } from './pkt-line.js';
import type { PushRequest } from './push-commands.js';

/** Side-band channels (gitprotocol-pack(5)). */
const BAND_REPORT = 1;
const BAND_PROGRESS = 2;

/** A message that git shows to the user as `remote: …`. */
export function remoteMessage(text: string): Buffer {
  return sideBand(BAND_PROGRESS, Buffer.from(`${text}\n`, 'utf8'));
}

/** True when the client reads side bands, so messages can be shown. */
export function readsSideBand(request: PushRequest): boolean {
  return request.capabilities.has('side-band-64k');
}

/** True when the client reads which refs were updated; every git since 2005 does. */
export function readsReport(request: PushRequest): boolean {
  return request.capabilities.has('report-status') || request.capabilities.has('report-status-v2');
}

/**
 * The answer to a push of which nothing was done, as receive-pack would write it: `git push` shows `! [remote rejected] main -> main (<reason>)` for each ref.
 */
export function refusal(request: PushRequest, reasons: ReadonlyMap<string, string>): Buffer {
  const lines = request.commands.map(({ ref }) => packet(`ng ${ref} ${printableLine(reasons.get(ref) ?? 'not pushed, because another ref of this push was refused', 300)}\n`));
  const report = Buffer.concat([packet('unpack ok\n'), ...lines, FLUSH]);
  return readsSideBand(request) ? Buffer.concat([sideBand(BAND_REPORT, report), FLUSH]) : report;
}

/** The refs that a report (without side bands) calls updated. */
export function acceptedRefs(report: Buffer): ReadonlySet<string> {
  const accepted = new Set<string>();
  for (let taken = takePacket(report); taken; taken = takePacket(taken.rest)) {
    if (taken.packet.kind === 'special') break;
    const [, ref] = /^ok (.+?)\n?$/.exec(taken.packet.payload.toString('utf8')) ?? [];
    if (ref !== undefined) accepted.add(ref);
  }
  return accepted;
}

/** What the packet of a side band is: its channel and its content; undefined for an empty one (a sign of life). */
export function bandOf(payload: Buffer): { readonly report: boolean; readonly content: Buffer } | undefined {
  const band = payload[0];
  return band === undefined ? undefined : { report: band === BAND_REPORT, content: payload.subarray(1) };
}

function sideBand(band: number, content: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < content.length; at += MAX_PAYLOAD - 1) parts.push(packet(Buffer.concat([Buffer.from([band]), content.subarray(at, at + MAX_PAYLOAD - 1)])));
  return Buffer.concat(parts);
}
