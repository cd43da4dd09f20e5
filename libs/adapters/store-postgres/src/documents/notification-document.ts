import type { Message, Notice } from '@sluice/notify';
import { NOTIFICATION_EVENT_NAMES, type NotificationEvent, type NotificationRule } from '@sluice/pipeline';
import { z } from 'zod';
import { zInstant } from './fields.js';

/** A name of another version is shown as it is, and told to whom it was to be told. */
const zName = z.string().transform((name) => name as NotificationEvent);
const zPlace = z.looseObject({ repository: z.string().optional(), environment: z.string().optional(), application: z.string().optional(), promotion: z.string().optional(), cluster: z.string().optional() });

const zNotice: z.ZodType<Notice> = z.looseObject({ id: z.string(), name: zName, type: z.string(), at: zInstant, title: z.string(), what: z.string(), next: z.string().optional(), link: z.string(), place: zPlace, by: z.string().optional() });

export const zMessage: z.ZodType<Message> = z.discriminatedUnion('kind', [
  z.looseObject({ kind: z.literal('one'), notice: zNotice }),
  z.looseObject({ kind: z.literal('digest'), id: z.string(), at: zInstant, notices: z.array(zNotice), more: z.number() }),
]);

const zWindow = z.looseObject({
  effect: z.enum(['deny', 'allow']),
  times: z.discriminatedUnion('kind', [
    z.looseObject({ kind: z.literal('weekly'), weekdays: z.array(z.number()), from: z.number(), days: z.number(), to: z.number() }),
    z.looseObject({ kind: z.literal('cron'), cron: z.string(), duration: z.number() }),
  ]),
  timezone: z.string(),
  text: z.string(),
});

const zEvent = z.enum(NOTIFICATION_EVENT_NAMES as [NotificationEvent]);

export const zNotificationRule: z.ZodType<NotificationRule> = z.looseObject({
  on: z.array(z.union([z.literal('*'), zEvent])),
  environments: z.array(z.string()),
  applications: z.array(z.string()),
  to: z.array(z.string()),
  digest: z.discriminatedUnion('kind', [z.looseObject({ kind: z.literal('every'), every: z.number() }), z.looseObject({ kind: z.literal('daily'), minute: z.number(), timezone: z.string() })]).optional(),
  quiet: z.looseObject({ times: z.array(zWindow), except: z.array(zEvent) }).optional(),
});
