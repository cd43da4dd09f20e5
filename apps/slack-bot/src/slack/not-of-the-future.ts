import type { IncomingMessage } from 'node:http';
import type { HTTPReceiver } from '@slack/bolt';
import type { Logger } from '@sluice/runtime';

/** Seconds. As far as Slack's own library lets a request be older than now. */
const MOST = 300;

/** Bolt refuses what is older than five minutes, and takes what is newer: something signed for tomorrow could be sent again until then. The time is signed with the rest, so it is enough to look at it. */
export function notOfTheFuture(receiver: HTTPReceiver, log: Logger): HTTPReceiver {
  const { requestListener } = receiver;
  receiver.requestListener = (request, response) => {
    if (!isOfTheFuture(request)) return requestListener(request, response);
    log.warn({ said: 'x-slack-request-timestamp must differ from system time by no more than 5 minutes: it is ahead' }, 'Slack library');
    request.resume();
    response.writeHead(401).end();
  };
  return receiver;
}

function isOfTheFuture({ headers }: IncomingMessage): boolean {
  const at = Number(headers['x-slack-request-timestamp']);
  return at > Date.now() / 1_000 + MOST;
}
