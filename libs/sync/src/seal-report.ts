import { createHash } from 'node:crypto';
import { printable, printableLine } from '@sluice/kernel';
import { boundDrift } from './bound-drift.js';
import { canonicalJson } from './canonical-json.js';
import type { Place } from './ports/target.js';
import { type AgentCondition, REPORT_LIMITS, type StateReport } from './state-report.js';

/** A condition within the bounds of the wire form: texts shortened and cleaned, lists cut. */
export function boundCondition(condition: AgentCondition): AgentCondition {
  return {
    ...condition,
    message: printable(condition.message, REPORT_LIMITS.message),
    resources: condition.resources
      .slice(0, REPORT_LIMITS.resources)
      .map((resource) => ({ ...shown(resource), message: printableLine(resource.message, REPORT_LIMITS.resourceMessage) })),
    drift: boundDrift(condition.drift.slice(0, REPORT_LIMITS.drift).map(shown)),
  };
}

/** SHA-256 over the canonical JSON of everything but sequence and digest: equal conditions have equal digests, whatever their number. */
export function conditionDigest(condition: AgentCondition, agentVersion: string): string {
  return createHash('sha256')
    .update(canonicalJson({ ...condition, agentVersion }))
    .digest('hex');
}

/** A condition as a report; bounded, numbered and with its digest. */
export function sealReport(condition: AgentCondition, agentVersion: string, sequence: number): StateReport {
  const bounded = boundCondition(condition);
  return { ...bounded, agentVersion, sequence, digest: conditionDigest(bounded, agentVersion) };
}

function shown<P extends Place>(place: P): P {
  const object = place.object === undefined ? {} : { object: printableLine(place.object, REPORT_LIMITS.object) };
  return { ...place, path: printableLine(place.path, REPORT_LIMITS.path), ...object };
}
