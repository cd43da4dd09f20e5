import { Readable } from 'node:stream';
import { Controller, Header, Inject, Param, Query, StreamableFile } from '@nestjs/common';
import { API, auditContent } from '@sluice/contracts';
import type { AuditExportStart, AuditRecordDto, AuditVerdictDto, SignedAuditDto } from '@sluice/contracts';
import { present } from '@sluice/kernel';
import { ReadAudit, SignAudit, VerifyAudit, type Exported, type StoredAudit } from '@sluice/usecases';
import type { z } from 'zod';
import { Route } from '../http/route.js';

type ExportQuery = z.output<typeof API.exportAudit.query>;

/** What auditors read and check. */
@Controller()
export class AuditController {
  constructor(
    @Inject(ReadAudit) private readonly audit: ReadAudit,
    @Inject(VerifyAudit) private readonly verifyAudit: VerifyAudit,
    @Inject(SignAudit) private readonly signAudit: SignAudit,
  ) {}

  @Route(API.audit)
  async list(@Query({ schema: API.audit.query }) { cursor, limit, ...filter }: z.output<typeof API.audit.query>): Promise<z.output<typeof API.audit.reply>> {
    const page = await this.audit.list({ ...present(filter), ...present({ before: cursor }), limit });
    return { items: page.items.map(presentRecord), ...present({ next: page.next }) };
  }

  @Route(API.auditEntry)
  async one(@Param({ schema: API.auditEntry.params }) { sequence }: z.output<typeof API.auditEntry.params>): Promise<AuditRecordDto> {
    return presentRecord(await this.audit.get(sequence));
  }

  @Route(API.auditHeads)
  async heads(): Promise<z.output<typeof API.auditHeads.reply>> {
    const { heads, keys } = await this.audit.exportStart();
    return { items: [...heads], keys: { ...keys } };
  }

  @Route(API.signAudit)
  async sign(): Promise<SignedAuditDto> {
    const { head, told, notes } = await this.signAudit.run();
    return { ...present({ head }), told: [...told], notes: [...notes] };
  }

  @Route(API.verifyAudit)
  async verify(): Promise<AuditVerdictDto> {
    const { earlier, findings, notes, ...rest } = await this.verifyAudit.run();
    return { ...rest, earlier: [...earlier], findings: [...findings], notes: [...notes] };
  }

  @Route(API.exportAudit)
  @Header('content-type', 'application/x-ndjson; charset=utf-8')
  @Header('x-content-type-options', 'nosniff')
  async export(@Query({ schema: API.exportAudit.query }) query: ExportQuery): Promise<StreamableFile> {
    return new StreamableFile(Readable.from(this.lines(query), { objectMode: false }), { type: 'application/x-ndjson; charset=utf-8' });
  }

  private async *lines(query: ExportQuery): AsyncGenerator<string> {
    const { checkpoint, ...begin } = await this.audit.exportStart();
    const filter = Object.fromEntries(Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, typeof value === 'number' ? new Date(value).toISOString() : value]])));
    const start: AuditExportStart = { kind: 'sluice-audit-export-v1', ...begin, heads: [...begin.heads], ...present({ checkpoint }), filter };
    yield lineOf(start);
    let end = begin.start;
    let entries = 0;
    for await (const record of this.audit.export(present(query), begin.start)) {
      end = { sequence: record.sequence, hash: record.hash };
      if ('entry' in record) entries += 1;
      yield lineOf(presentExported(record));
    }
    yield lineOf({ kind: 'end', end, entries });
  }
}

function lineOf(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}

function presentExported(record: Exported): Record<string, unknown> {
  const { sequence, previous, content, hash } = record;
  return { sequence, previous, content, hash, ...('entry' in record && { entry: parsed(record.entry) }) };
}

/** What was tampered with may be no JSON any more: it is shown as it is found. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const UNREADABLE = { at: '', who: { kind: 'sluice', name: '' }, door: 'sluice', action: 'unreadable', place: {} } as const;

function presentRecord({ sequence, previous, content, hash, entry }: StoredAudit): AuditRecordDto {
  const read = auditContent.safeParse(parsed(entry));
  return { sequence, previous, content, hash, entry: read.success ? read.data : { ...UNREADABLE, after: entry } };
}
