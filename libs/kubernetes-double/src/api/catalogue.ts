import { builtinResources } from './builtin-resources.js';
import type { Resource } from './resource.js';

/** The resources that are served now: the built-in ones and those of established CustomResourceDefinitions. */
export class Catalogue {
  private readonly builtin = builtinResources();
  private custom = new Map<string, readonly Resource[]>();

  all(): readonly Resource[] {
    return [...this.builtin, ...[...this.custom.values()].flat()];
  }

  find(group: string, version: string, plural: string): Resource | undefined {
    return this.all().find((one) => one.group === group && one.version === version && one.plural === plural);
  }

  ofKind(group: string, version: string, kind: string): Resource | undefined {
    return this.all().find((one) => one.group === group && one.version === version && one.kind === kind);
  }

  serves(group: string, version: string): boolean {
    return this.all().some((one) => one.group === group && one.version === version);
  }

  isBuiltin(group: string): boolean {
    return this.builtin.some((one) => one.group === group);
  }

  /** What a CustomResourceDefinition of this name serves; nothing: it serves no longer. */
  serveCustom(definition: string, resources: readonly Resource[]): void {
    if (resources.length === 0) this.custom.delete(definition);
    else this.custom.set(definition, resources);
  }
}
