import { deployment } from '../shop.fixture.js';

export function text(tag: string, fields: { readonly replicas?: number; readonly level?: string } = {}): string {
  return deployment('checkout', { tag, replicas: 2, ...fields });
}
