/** Where the two APIs of a GitHub are. */
export interface ApiAddress {
  readonly rest: string;
  readonly graphql: string;
}

/** Tenants of GitHub Enterprise Cloud with data residency: docs.github.com/en/enterprise-cloud@latest/admin/data-residency */
const TENANT = /^https:\/\/([\w-]+\.ghe\.com)$/i;

/**
 * The APIs' addresses, as they follow from where people see GitHub.
 * docs.github.com/en/enterprise-server@latest/rest/using-the-rest-api/getting-started-with-the-rest-api#making-a-request
 */
export function apiAddress(url: string): ApiAddress {
  const [, tenant] = TENANT.exec(url) ?? [];
  if (tenant !== undefined) return ofHost(`https://api.${tenant}`);
  if (/^https:\/\/(www\.)?github\.com$/i.test(url)) return ofHost('https://api.github.com');
  return { rest: `${url}/api/v3`, graphql: `${url}/api/graphql` };
}

function ofHost(rest: string): ApiAddress {
  return { rest, graphql: `${rest}/graphql` };
}
