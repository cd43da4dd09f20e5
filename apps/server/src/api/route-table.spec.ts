import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { API } from '@sluice/contracts';
import { routeTable } from './route-table.js';

const FILE = resolve(import.meta.dirname, '../../../../docs/api.md');
const BETWEEN = /(<!-- routes -->\n)[\s\S]*(\n<!-- end of routes -->)/;

describe('docs/api.md', () => {
  it('lists every route with the credential that it takes (SLUICE_UPDATE=1 writes it)', () => {
    const text = readFileSync(FILE, 'utf8');
    const wanted = text.replace(BETWEEN, (_, start: string, end: string) => start + routeTable(API) + end);
    if (process.env['SLUICE_UPDATE']) writeFileSync(FILE, wanted);
    expect(text).toMatch(BETWEEN);
    expect(readFileSync(FILE, 'utf8')).toBe(wanted);
  });
});
