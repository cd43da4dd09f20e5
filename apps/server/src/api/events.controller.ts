import { Controller, Inject, Req, Res } from '@nestjs/common';
import { API, scopeOf } from '@sluice/contracts';
import type { Logger } from '@sluice/runtime';
import type { EventLog } from '@sluice/usecases';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LOG, PORTS } from '../compose/tokens.js';
import type { Ports } from '../compose/ports.js';
import { Me, type PersonCaller } from '../http/caller.js';
import { Credentials } from '../http/credentials.js';
import { endWithCredential } from '../http/end-with-credential.js';
import { EventStream } from '../http/event-stream.js';
import { follow } from '../http/follow.js';
import { Route } from '../http/route.js';
import { presentEvent } from './present/event.js';

const BATCH = 200;
const LOOK_INTERVAL = 5_000;

/** Everything that happens, as it happens. A client that comes back names the last id that it has seen and misses nothing. Ends with the credential that it was opened with. */
@Controller()
export class EventsController {
  constructor(
    @Inject(PORTS) private readonly ports: Ports,
    @Inject(Credentials) private readonly credentials: Credentials,
    @Inject(LOG) private readonly log: Logger,
  ) {}

  @Route(API.events)
  open(@Me() { credential }: PersonCaller, @Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    const stream = new EventStream(reply);
    const reader = new EventReader(this.ports.events, lastEventId(request), stream);
    const failed = (error: unknown) => this.log.warn({ err: error }, 'event stream ended by an error');
    follow(stream, this.ports.signals, ['events'], { interval: LOOK_INTERVAL, look: () => reader.catchUp(), failed });
    endWithCredential(stream, this.ports.signals, { credential, show: () => this.credentials.caller(request, { access: 'person', scope: scopeOf(API.events), place: {} }), now: this.ports.clock(), failed });
  }
}

class EventReader {
  constructor(
    private readonly events: EventLog,
    private cursor: string,
    private readonly stream: EventStream,
  ) {}

  /** Sends what is new, a batch after the other, no faster than the client's connection takes it in. */
  async catchUp(): Promise<void> {
    while (this.stream.open) {
      const { events, reset, cursor } = await this.events.after(this.cursor, BATCH);
      // what such a client holds may be anything: it reads everything again and goes on from here
      if (reset) this.stream.send({ event: 'reset', id: cursor, data: {} });
      this.cursor = cursor;
      for (const event of events) this.stream.send({ event: 'message', id: event.cursor, data: presentEvent(event) });
      if (events.length < BATCH) return;
    }
  }
}

/** The id that the client has seen last. Without one it is not told the whole past: an unknown cursor stands for "from now on". */
function lastEventId(request: FastifyRequest): string {
  const id = request.headers['last-event-id'];
  return typeof id === 'string' && /^[\x21-\x7e]{1,200}$/.test(id) ? id : 'now';
}
