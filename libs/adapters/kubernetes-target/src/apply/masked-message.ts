import { isMap, MASKED, type Value } from '@sluice/manifests';
import type { DesiredObject } from '@sluice/sync-plan';

/** Shorter values are words like any other. */
const LEAST = 4;

/** What a server says about an object, without what a Secret keeps: servers and webhooks quote values that they do not like. */
export function maskedIn(message: string, { identity, value }: Pick<DesiredObject, 'identity' | 'value'>): string {
  if (identity.kind !== 'Secret' || identity.group !== '') return message;
  const kept = ['data', 'stringData'].flatMap((field) => textsOf(value.get(field)));
  return kept.filter((text) => text.length >= LEAST).reduce((masked, text) => masked.replaceAll(text, MASKED), message);
}

function textsOf(map: Value | undefined): readonly string[] {
  const values = isMap(map) ? [...map.values()].filter((text) => typeof text === 'string') : [];
  return values.flatMap((text) => [text, decoded(text)]).sort((a, b) => b.length - a.length);
}

function decoded(text: string): string {
  return Buffer.from(text, 'base64').toString('utf8');
}
