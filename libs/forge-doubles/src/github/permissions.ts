/** Everything that Sluice asks for. */
export const EVERY_PERMISSION: Readonly<Record<string, string>> = { metadata: 'read', contents: 'write', pull_requests: 'write', statuses: 'write', checks: 'read', repository_hooks: 'write', administration: 'read' };
