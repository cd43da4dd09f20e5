import { Forbidden, NotFound } from '@sluice/kernel';
import type { PersonName } from '@sluice/kernel';
import { assertReachable } from './decides.js';
import { issueCredential, type CredentialPorts, type IssuedCredential } from './issue-credential.js';
import { LOGIN_LINK_LIFETIME } from './lifetimes.js';
import { boundBy, type Maker } from './made-with.js';

/** Makes the secret of a login link: for oneself, or for anybody by an admin. It works once, for 10 minutes. What one gets for one's own ends with the token that it was made with. */
export class CreateLoginLink {
  constructor(private readonly ports: CredentialPorts) {}

  /** @throws Forbidden for somebody else's link without being an admin; NotFound when there is no such person; Conflict when they are deactivated. */
  async run({ person: by, credential }: Maker, wanted: PersonName = by.name): Promise<IssuedCredential> {
    if (wanted !== by.name && !by.admin) throw new Forbidden(`only an admin may make a login link for ${wanted}`);
    const person = await this.ports.people.get(wanted);
    if (!person) throw new NotFound(`there is no person ${wanted}`);
    if (person.service) throw new Forbidden(`${wanted} is a service account: make a token for it with \`sluice token create --person ${wanted}\``);
    assertReachable(person);
    const bound = wanted === by.name ? await boundBy(this.ports.people, credential) : undefined;
    return issueCredential(this.ports, { kind: 'login-link', person: wanted, label: `by ${by.name}`, lifetime: LOGIN_LINK_LIFETIME, bound });
  }
}
