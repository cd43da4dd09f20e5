import type { TestRunDto } from '@sluice/contracts';
import { present } from '@sluice/kernel';
import type { TestRun } from '@sluice/usecases';
import { time, timeField } from './time.js';

export function presentTestRun(run: TestRun, publicUrl: string): TestRunDto {
  const { id, environment, application, commit, test, state, number, orderedAt, orderedBy, cluster, takenAt, finishedAt, duration, exitCode, message, repository } = run;
  return {
    id,
    environment,
    application,
    commit,
    test: test.name,
    command: [...test.command],
    state,
    number,
    orderedAt: time(orderedAt),
    ...present({ orderedBy, cluster, exitCode, durationMs: duration }),
    ...timeField('startedAt', takenAt),
    ...timeField('finishedAt', finishedAt),
    message,
    log: `${publicUrl}/api/v1/repositories/${repository}/test-runs/${id}/log`,
  };
}
