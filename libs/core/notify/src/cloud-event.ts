import type { Message, Notice } from './notice.js';

/** An event in the structured mode of CloudEvents 1.0 (JSON), <https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md>. */
export interface CloudEvent {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject?: string;
  readonly time: string;
  readonly datacontenttype: 'application/json';
  readonly data: Readonly<Record<string, unknown>>;
}

export const CLOUD_EVENT_CONTENT_TYPE = 'application/cloudevents+json; charset=utf-8';

/** `type` is `dev.sluice.` and the event's own; several together are a `dev.sluice.digest` of whole events. */
export function cloudEventOf(message: Message, publicUrl: string): CloudEvent {
  if (message.kind === 'one') return eventOf(message.notice, publicUrl);
  const { id, at, notices, more } = message;
  return { ...ENVELOPE, id, source: publicUrl, type: 'dev.sluice.digest', time: timeOf(at), data: { events: notices.map((notice) => eventOf(notice, publicUrl)), more } };
}

const ENVELOPE = { specversion: '1.0', datacontenttype: 'application/json' } as const;

function eventOf({ id, name, type, at, title, what, next, link, place, by }: Notice, publicUrl: string): CloudEvent {
  const { repository, environment, application } = place;
  const subject = [repository, environment, application].filter((part) => part !== undefined).join('/');
  return {
    ...ENVELOPE,
    id,
    source: repository === undefined ? publicUrl : `${publicUrl}/repositories/${repository}`,
    type: `dev.sluice.${type}`,
    ...(subject !== '' && { subject }),
    time: timeOf(at),
    data: { event: name, title, message: what, ...(next !== undefined && { next }), link, ...place, ...(by !== undefined && { by }) },
  };
}

function timeOf(at: number): string {
  return new Date(at).toISOString();
}
