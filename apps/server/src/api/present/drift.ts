import type { CapturedDrift as CapturedDriftDto, DriftList } from '@sluice/contracts';
import { present } from '@sluice/kernel';
import { placeName, type CapturedDrift, type ClusterDrift, type DriftPlace } from '@sluice/usecases';
import { presentChange } from './forge.js';
import { time, timeField } from './time.js';

export function presentDrift(clusters: readonly ClusterDrift[]): DriftList {
  return { items: clusters.map(({ cluster, environment, mode, commit, reportedAt, places }) => ({ cluster, environment, mode, ...present({ commit }), ...timeField('reportedAt', reportedAt), places: places.map(presentPlace) })) };
}

export function presentCapture({ request, captured, left }: CapturedDrift): CapturedDriftDto {
  return { change: presentChange(request), captured: [...captured], left: left.map((place) => ({ place: placeName(place), message: place.message })) };
}

function presentPlace({ path, object, kind, reverted, at, diff }: DriftPlace): DriftList['items'][number]['places'][number] {
  const shown = diff && { fields: diff.fields.map((field) => ({ ...field })), ...present({ foreign: diff.foreign?.map((field) => ({ ...field })), lines: diff.lines }) };
  return { path, ...present({ object }), kind, reverted, at: time(at), ...shown, truncated: diff?.truncated ?? false, capturable: isCapturable({ object, kind, diff }) };
}

/** A file that is gone is taken over by deleting it; an object may be one of several in its file. */
function isCapturable({ object, kind, diff }: Pick<DriftPlace, 'object' | 'kind' | 'diff'>): boolean {
  return diff?.capture !== undefined || (kind === 'missing' && object === undefined);
}
