import type { Matrix, MatrixCell } from '@sluice/contracts';
import type { MatrixCellView, MatrixView } from '@sluice/usecases';
import { presentFreeze } from './freeze.js';
import { presentRight } from './right.js';
import { presentSummary } from './promotion.js';
import { time, timeField } from './time.js';

export function presentMatrix(view: MatrixView): Matrix {
  return {
    repository: view.repository,
    pipeline: view.pipeline,
    environments: view.environments.map((environment) => ({ ...environment, from: [...environment.from], unreviewed: environment.unreviewed.map((entry) => ({ ...entry, at: time(entry.at) })) })),
    applications: [...view.applications],
    cells: view.cells.map(presentCell),
    diagnostics: [...view.diagnostics],
    unownedPaths: [...view.unownedPaths],
    freezes: view.freezes.map(presentFreeze),
    breakGlass: view.breakGlass.map(presentRight),
  };
}

function presentCell(cell: MatrixCellView): MatrixCell {
  const { since, healthySince, until, promotion, ...rest } = cell;
  return { ...rest, ...timeField('since', since), ...timeField('healthySince', healthySince), ...timeField('until', until), ...(promotion && { promotion: presentSummary(promotion) }) };
}
