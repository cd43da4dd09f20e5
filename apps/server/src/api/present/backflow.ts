import type { BackflowList } from '@sluice/contracts';
import { describeNode } from '@sluice/promotion';
import type { BackflowView } from '@sluice/usecases';
import { time } from './time.js';

export function presentBackflow(views: readonly BackflowView[]): BackflowList {
  return { items: views.map(presentItem) };
}

function presentItem({ application, environment, first, changes, request, message }: BackflowView): BackflowList['items'][number] {
  return {
    application,
    environment,
    first,
    changes: changes.map(({ commit, author, subject, at, nodes }) => ({ commit, author, subject, at: time(at), places: nodes.map(describeNode) })),
    ...(request && { request: { number: request.number, url: request.url, state: request.state, draft: request.draft } }),
    message,
  };
}
