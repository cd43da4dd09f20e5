import { z } from 'zod';
import * as agent from './agent.js';
import * as api from './api.js';
import * as approvals from './approvals.js';
import * as audit from './audit.js';
import * as backflow from './backflow.js';
import * as delivery from './delivery.js';
import * as drift from './drift.js';
import { zCluster, zCommit, zEnvironment, zPerson, zPromotionId, zRepository } from './fields.js';
import * as forges from './forges.js';
import * as freezes from './freezes.js';
import * as identity from './identity.js';
import * as notifications from './notifications.js';
import * as people from './people.js';
import * as plans from './plans.js';
import * as tests from './test-runs.js';
import * as rights from './rights.js';
import * as rollouts from './rollouts.js';
import * as own from './own-accounts.js';
import * as slack from './slack.js';

/**
 * The credential that a route takes. `public`: none · `login`: the secret of a login link in the body · `join`: a join token in the body · `person`: API token or session cookie ·
 * `admin`: the same, of an administrator · `service`: an API token of a service account with the route's scope · `agent`: a token that an enrolled agent signed.
 */
export type Access = 'public' | 'login' | 'join' | 'person' | 'admin' | 'service' | 'agent';

/** One route of the server: what the router, the OpenAPI document, `docs/api.md` and the clients agree on. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** With `:name` for each parameter. */
  readonly path: string;
  readonly access: Access;
  readonly summary: string;
  /** Of a success; 200 when absent. */
  readonly status?: 201 | 204;
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  /** Bytes of a body, where more than the usual 1 MiB are taken; the credential is looked at before any of it is read. */
  readonly maxBody?: number;
  /** Absent: no body, or an event stream (`stream`), or a text. */
  readonly reply?: z.ZodType;
  readonly stream?: true;
}

const V1 = '/api/v1';
const SLACK = `${V1}/slack`;
const REPOSITORY = `${V1}/repositories/:repository`;
const PROMOTION = `${REPOSITORY}/promotions/:promotion`;
const CHANGE = `${REPOSITORY}/changes/:number`;

const inRepository = z.object({ repository: zRepository });
const ofPromotion = inRepository.extend({ promotion: zPromotionId });
const ofChange = inRepository.extend({ number: z.coerce.number().int().min(1) });
const ofCommit = inRepository.extend({ commit: zCommit });
const ofEnvironment = inRepository.extend({ environment: zEnvironment });
const ofTestRun = inRepository.extend({ run: tests.zTestRunId });
const ofCluster = z.object({ cluster: zCluster });
const ofPerson = z.object({ person: zPerson });

export const API = {
  me: { method: 'GET', path: `${V1}/me`, access: 'person', summary: 'Who I am', reply: api.me },
  signIn: { method: 'POST', path: `${V1}/session`, access: 'login', summary: 'Spend a login link for a session cookie', body: api.login, reply: api.me },
  signOut: { method: 'DELETE', path: `${V1}/session`, access: 'person', summary: 'End my session', status: 204 },
  createToken: { method: 'POST', path: `${V1}/tokens`, access: 'login', summary: 'Spend a login link for an API token', status: 201, body: api.tokenRequest, reply: api.tokenReply },
  revokeToken: { method: 'DELETE', path: `${V1}/tokens/current`, access: 'person', summary: 'Revoke the token that this request carries', status: 204 },
  createLoginLink: { method: 'POST', path: `${V1}/login-links`, access: 'person', summary: 'Make a login link: for oneself, or for anybody as an admin', status: 201, body: api.loginLinkRequest, reply: api.loginLink },
  people: { method: 'GET', path: `${V1}/people`, access: 'admin', summary: 'List people', reply: people.personList },
  savePerson: { method: 'POST', path: `${V1}/people`, access: 'admin', summary: 'Make or change a person', body: people.newPerson, reply: people.personDto },
  deactivatePerson: { method: 'POST', path: `${V1}/people/:person/deactivation`, access: 'admin', summary: 'Take a person out who has left: sessions, tokens and links end, and what they may counts for nothing', params: ofPerson, body: people.newDeactivation, reply: people.personDto },
  reactivatePerson: { method: 'DELETE', path: `${V1}/people/:person/deactivation`, access: 'admin', summary: 'Take the deactivation of a person back', params: ofPerson, query: people.reactivation, reply: people.personDto },
  createTokenFor: { method: 'POST', path: `${V1}/people/:person/tokens`, access: 'admin', summary: 'Make an API token for somebody', status: 201, params: ofPerson, body: identity.newToken, reply: api.tokenReply },
  signInWays: { method: 'GET', path: `${V1}/sign-in`, access: 'public', summary: 'How one can sign in beside login links', reply: identity.signInWays },
  createLoginCode: { method: 'POST', path: `${V1}/me/login-codes`, access: 'person', summary: 'Make a code that a program of mine spends for a token', status: 201, body: identity.loginCodeRequest, reply: identity.loginCode },
  tokens: { method: 'GET', path: `${V1}/tokens`, access: 'person', summary: 'List API tokens: my own, or as an admin somebody’s or everybody’s', query: identity.tokenQuery, reply: identity.credentialEntries },
  createOwnToken: { method: 'POST', path: `${V1}/me/tokens`, access: 'person', summary: 'Make an API token for myself, limited as wanted', status: 201, body: identity.newOwnToken, reply: api.tokenReply },
  revokeOneToken: { method: 'DELETE', path: `${V1}/tokens/:token`, access: 'person', summary: 'Revoke an API token: one of mine, or any as an admin', status: 204, params: identity.tokenParams },
  sessions: { method: 'GET', path: `${V1}/me/sessions`, access: 'person', summary: 'List my sessions', reply: identity.credentialEntries },
  endSession: { method: 'DELETE', path: `${V1}/me/sessions/:session`, access: 'person', summary: 'End a session of mine', status: 204, params: identity.sessionParams },
  identities: { method: 'GET', path: `${V1}/identities`, access: 'admin', summary: 'Who is who to the provider of identities', reply: identity.identityList },
  addIdentity: { method: 'POST', path: `${V1}/identities`, access: 'admin', summary: 'Say who somebody is to the provider of identities', status: 201, body: identity.identityEntry, reply: identity.identityEntry },
  removeIdentity: { method: 'POST', path: `${V1}/identities/remove`, access: 'admin', summary: 'Say that an identity is nobody’s', status: 204, body: identity.identityKey },
  createSlackCode: { method: 'POST', path: `${V1}/me/slack-links`, access: 'person', summary: 'Make a code that I type into Slack to link my account there', status: 201, reply: identity.newSlackCode },
  finishSlackLink: { method: 'POST', path: `${V1}/slack/links`, access: 'service', summary: 'Link the Slack account into which a code was typed', body: identity.finishSlackLink, reply: identity.slackLink },
  slackLinks: { method: 'GET', path: `${V1}/slack/links`, access: 'service', summary: 'Which Slack accounts of a workspace are somebody’s', query: identity.slackLinksQuery, reply: identity.slackAccounts },
  slackLink: { method: 'GET', path: `${V1}/slack/links/:team/:user`, access: 'service', summary: 'Whose a Slack account is', params: identity.slackParams, reply: identity.slackLink },
  unlinkSlack: { method: 'DELETE', path: `${V1}/slack/links/:team/:user`, access: 'service', summary: 'Say that a Slack account is nobody’s', status: 204, params: identity.slackParams, query: identity.unlinkQuery },

  repositories: { method: 'GET', path: `${V1}/repositories`, access: 'person', summary: 'List repositories', reply: api.repositoryList },
  createRepository: { method: 'POST', path: `${V1}/repositories`, access: 'admin', summary: 'Make an empty repository in the built-in forge', status: 201, body: api.newRepository, reply: api.repositoryDto },
  connectRepository: { method: 'POST', path: `${REPOSITORY}/connection`, access: 'admin', summary: 'Connect a repository on a forge over the network, or change how it is connected', params: inRepository, body: forges.connection, reply: forges.connected },
  checkConnection: { method: 'GET', path: `${REPOSITORY}/connection`, access: 'admin', summary: 'What the credential of a repository may do with it now', params: inRepository, reply: forges.forgeCheck },
  disconnectRepository: { method: 'DELETE', path: `${REPOSITORY}/connection`, access: 'admin', summary: 'Take a repository on a forge over the network away from Sluice; nothing is changed there but the webhook', params: inRepository, query: forges.disconnection, reply: forges.disconnected },
  forgeCredentials: { method: 'GET', path: `${V1}/credentials`, access: 'admin', summary: 'List credentials for forges, without their secrets', reply: forges.credentialList },
  addCredential: { method: 'POST', path: `${V1}/credentials`, access: 'admin', summary: 'Store a credential for a forge', status: 201, body: forges.newCredential, reply: forges.credentialDto },
  rotateCredential: { method: 'POST', path: `${V1}/credentials/:credential/rotate`, access: 'admin', summary: 'Give a credential another secret', params: forges.credentialParams, body: forges.rotation, reply: forges.credentialDto },
  removeCredential: { method: 'DELETE', path: `${V1}/credentials/:credential`, access: 'admin', summary: 'Forget a credential', status: 204, params: forges.credentialParams },
  linkedAccounts: { method: 'GET', path: `${V1}/accounts`, access: 'admin', summary: 'Whose the logins of forges are', reply: forges.accountList },
  linkAccount: { method: 'POST', path: `${V1}/accounts`, access: 'admin', summary: 'Say whose a login of a forge is', body: forges.newAccount, reply: forges.accountDto },
  unlinkAccount: { method: 'DELETE', path: `${V1}/accounts/:credential/:login`, access: 'admin', summary: 'Say that a login of a forge is nobody’s', status: 204, params: forges.accountParams },
  ownAccounts: { method: 'GET', path: `${V1}/me/forge-accounts`, access: 'person', summary: 'List my own accounts on forges, with which Sluice writes my reviews', reply: own.ownAccountList },
  linkOwnAccount: { method: 'POST', path: `${V1}/me/forge-accounts`, access: 'person', summary: 'Link my own account on a forge with a token of mine', status: 201, body: own.newOwnAccount, reply: own.ownAccountDto },
  unlinkOwnAccount: { method: 'DELETE', path: `${V1}/me/forge-accounts/:credential`, access: 'person', summary: 'Take back what I have allowed for my account on a forge', status: 204, params: forges.credentialParams },
  saveOauthClient: { method: 'POST', path: `${V1}/credentials/:credential/oauth`, access: 'admin', summary: 'Say by which OAuth client people link their own accounts on a forge', params: forges.credentialParams, body: own.newOauthClient, reply: own.oauthClientDto },
  removeOauthClient: { method: 'DELETE', path: `${V1}/credentials/:credential/oauth`, access: 'admin', summary: 'Forget the OAuth client of a forge', status: 204, params: forges.credentialParams },
  rebuild: { method: 'POST', path: `${V1}/rebuild`, access: 'admin', summary: 'Make the index again from git and the forge; what is known stays', body: api.rebuildRequest, reply: api.rebuildReply },
  matrix: { method: 'GET', path: `${REPOSITORY}/matrix`, access: 'person', summary: 'Which version is where, and what waits', params: inRepository, reply: api.matrix },
  acceptDirect: { method: 'POST', path: `${REPOSITORY}/environments/:environment/accept`, access: 'person', summary: 'Accept unreviewed commits of an environment, up to one', params: ofEnvironment, body: api.acceptDirect, reply: api.acceptedDirect },
  restoreEnvironment: { method: 'POST', path: `${REPOSITORY}/environments/:environment/restore`, access: 'person', summary: 'Put the branch of an environment back that was deleted', params: ofEnvironment, body: api.restoreEnvironment, reply: api.restoredEnvironment },
  why: { method: 'GET', path: `${V1}/why`, access: 'person', summary: 'Why something does not move', query: api.whyQuery, reply: api.why },
  backflow: { method: 'GET', path: `${REPOSITORY}/backflow`, access: 'person', summary: 'What environments have that was not promoted to them, and the requests that return it', params: inRepository, query: backflow.backflowQuery, reply: backflow.backflowList },
  plan: { method: 'POST', path: `${V1}/plan`, access: 'person', summary: 'What promotions would bring; changes nothing', body: api.planRequest, reply: api.plan },
  planKnown: { method: 'POST', path: `${V1}/plan/known`, access: 'person', summary: 'Which of some commits the repository has', body: plans.planKnownRequest, reply: plans.planKnown },
  planContent: { method: 'POST', path: `${V1}/plan/content`, access: 'person', summary: 'The same of content that is sent along; nothing of it is kept', body: plans.planContentRequest, maxBody: plans.MAX_PLAN_BODY, reply: plans.planContent },
  promote: { method: 'POST', path: `${V1}/promote`, access: 'person', summary: 'Ask for a promotion', body: api.promote, reply: api.promoteOutcome },
  rollback: { method: 'POST', path: `${V1}/rollback`, access: 'person', summary: 'Undo the promotions after an earlier one', body: api.rollback, reply: api.rollbackOutcome },
  promotions: { method: 'GET', path: `${V1}/promotions`, access: 'person', summary: 'List promotions, newest first', query: api.promotionQuery, reply: api.promotionList },
  promotion: { method: 'GET', path: PROMOTION, access: 'person', summary: 'One promotion', params: ofPromotion, reply: api.promotionDetail },
  promotionDiff: { method: 'GET', path: `${PROMOTION}/diff`, access: 'person', summary: 'What it changes, object by object', params: ofPromotion, reply: api.promotionDiff },
  approve: { method: 'POST', path: `${PROMOTION}/approve`, access: 'person', summary: 'Approve the content of a digest', params: ofPromotion, body: api.decide, reply: api.promotionDetail },
  reject: { method: 'POST', path: `${PROMOTION}/reject`, access: 'person', summary: 'Reject and close', params: ofPromotion, body: api.reject, reply: api.promotionDetail },
  clearGate: { method: 'POST', path: `${PROMOTION}/clear`, access: 'person', summary: 'Clear a manual gate', params: ofPromotion, body: api.clearGate, reply: api.promotionDetail },
  overrideGate: { method: 'POST', path: `${PROMOTION}/override`, access: 'person', summary: 'Override a gate by the emergency policy', params: ofPromotion, body: api.overrideGate, reply: api.promotionDetail },
  mergePromotion: { method: 'POST', path: `${PROMOTION}/merge`, access: 'person', summary: 'Merge a ready promotion', params: ofPromotion, body: api.decide, reply: api.promotionDetail },
  roles: { method: 'GET', path: `${V1}/roles`, access: 'admin', summary: 'List the roles of the server’s settings', reply: rights.roleList },
  grantRole: { method: 'POST', path: `${V1}/roles`, access: 'admin', summary: 'Give a role in repositories, applications and environments', status: 201, body: rights.newRole, reply: rights.roleDto },
  revokeRole: { method: 'DELETE', path: `${V1}/roles/:binding`, access: 'admin', summary: 'Take a role back', status: 204, params: rights.ofRole },
  approvals: { method: 'GET', path: `${REPOSITORY}/approvals`, access: 'person', summary: 'Every decision about what goes into a place, whether it counts, and why not', params: inRepository, query: approvals.approvalQuery, reply: approvals.approvalList },
  rights: { method: 'GET', path: `${REPOSITORY}/rights`, access: 'person', summary: 'List delegations and break-glass in force', params: inRepository, reply: rights.rightList },
  delegate: { method: 'POST', path: `${REPOSITORY}/delegations`, access: 'person', summary: 'Delegate an approver’s right for a time', status: 201, params: inRepository, body: rights.newDelegation, reply: rights.rightDto },
  breakGlass: { method: 'POST', path: `${REPOSITORY}/break-glass`, access: 'person', summary: 'Take an approver’s role in an emergency, for a time', status: 201, params: inRepository, body: rights.newBreakGlass, reply: rights.rightDto },
  endRight: { method: 'POST', path: `${REPOSITORY}/rights/:right/end`, access: 'person', summary: 'End a delegation or break-glass early', params: inRepository.extend(rights.ofRight), body: rights.endRight, reply: rights.rightDto },
  freezes: { method: 'GET', path: `${REPOSITORY}/freezes`, access: 'person', summary: 'List what is frozen', params: inRepository, reply: freezes.freezeList },
  freeze: { method: 'POST', path: `${REPOSITORY}/freezes`, access: 'person', summary: 'Stop merges for a time or until it is lifted', status: 201, params: inRepository, body: freezes.newFreeze, reply: freezes.freezeDto },
  liftFreezes: { method: 'POST', path: `${REPOSITORY}/freezes/lift`, access: 'person', summary: 'Let merges go on', params: inRepository, body: freezes.liftFreezes, reply: freezes.freezeList },
  testRuns: { method: 'GET', path: `${REPOSITORY}/test-runs`, access: 'person', summary: 'List runs of tests, newest first', params: inRepository, query: tests.testRunQuery, reply: tests.testRunList },
  rerunTests: { method: 'POST', path: `${REPOSITORY}/test-runs`, access: 'person', summary: 'Run tests again that have failed', status: 201, params: inRepository, body: tests.rerunTests, reply: tests.testRunList },
  testRun: { method: 'GET', path: `${REPOSITORY}/test-runs/:run`, access: 'person', summary: 'One run of a test', params: ofTestRun, reply: tests.testRunDto },
  testRunLog: { method: 'GET', path: `${REPOSITORY}/test-runs/:run/log`, access: 'person', summary: 'What a run of a test has written, as text', params: ofTestRun },

  rollout: { method: 'GET', path: `${REPOSITORY}/environments/:environment/rollout`, access: 'person', summary: 'How far the newest rollout has got, wave by wave', params: ofEnvironment, reply: rollouts.rolloutView },
  pauseRollout: { method: 'POST', path: `${REPOSITORY}/environments/:environment/rollout/pause`, access: 'person', summary: 'Stop further waves', params: ofEnvironment, body: rollouts.rolloutOrder, reply: rollouts.rolloutView },
  continueRollout: { method: 'POST', path: `${REPOSITORY}/environments/:environment/rollout/continue`, access: 'person', summary: 'Let a paused rollout go on', params: ofEnvironment, body: rollouts.rolloutOrder, reply: rollouts.rolloutView },
  abortRollout: { method: 'POST', path: `${REPOSITORY}/environments/:environment/rollout/abort`, access: 'person', summary: 'Roll back everything that a rollout brought', params: ofEnvironment, body: rollouts.rolloutOrder, reply: rollouts.abortOutcome },

  drift: { method: 'GET', path: `${REPOSITORY}/drift`, access: 'person', summary: 'What differs in clusters from what was applied there', params: inRepository, query: drift.driftQuery, reply: drift.driftList },
  captureDrift: { method: 'POST', path: `${REPOSITORY}/drift/captures`, access: 'person', summary: 'Make a request of what was changed in a cluster', status: 201, params: inRepository, body: drift.driftCapture, reply: drift.capturedDrift },
  deliveryMetrics: { method: 'GET', path: `${V1}/metrics/delivery`, access: 'person', summary: 'Deployment frequency, lead time, change failure rate and time to restore of a repository', query: delivery.deliveryQuery, reply: delivery.deliveryReport },
  clusters: { method: 'GET', path: `${V1}/clusters`, access: 'person', summary: 'List clusters with their state', query: api.clusterQuery, reply: api.clusterList },
  createJoinToken: { method: 'POST', path: `${V1}/clusters/tokens`, access: 'admin', summary: 'Make a join token for a cluster', status: 201, body: api.newJoinToken, reply: api.joinToken },
  revokeCluster: { method: 'POST', path: `${V1}/clusters/:cluster/revoke`, access: 'admin', summary: 'Shut an agent out at once', params: ofCluster, reply: api.clusterDto },
  labelCluster: { method: 'POST', path: `${V1}/clusters/:cluster/labels`, access: 'admin', summary: 'Set labels of a cluster and take others away', params: ofCluster, body: rollouts.labelChange, reply: api.clusterDto },
  acceptCommit: { method: 'POST', path: `${V1}/clusters/:cluster/accept`, access: 'admin', summary: 'Let a cluster take a commit that does not descend from what it runs', params: ofCluster, body: api.acceptCommit, reply: api.clusterDto },
  events: { method: 'GET', path: `${V1}/events`, access: 'person', summary: 'Event stream; resumes by Last-Event-ID', stream: true },

  botNotes: { method: 'GET', path: `${SLACK}/notes`, access: 'service', summary: 'What the bot keeps here, by the beginning of its keys', query: slack.noteQuery, reply: slack.noteList },
  putBotNote: { method: 'POST', path: `${SLACK}/notes`, access: 'service', summary: 'Keep a note, if what is there now is what was expected', body: slack.newNote, reply: slack.notePut },
  removeBotNote: { method: 'DELETE', path: `${SLACK}/notes`, access: 'service', summary: 'Forget a note', status: 204, query: slack.noteKeyQuery },
  slackBots: { method: 'GET', path: `${SLACK}/bots`, access: 'admin', summary: 'How each Slack bot is: when it was last there, and what keeps it from telling people', reply: slack.botStates },

  changes: { method: 'GET', path: `${REPOSITORY}/changes`, access: 'person', summary: 'List change requests, newest first', params: inRepository, query: api.changeQuery, reply: api.changeList },
  createChange: { method: 'POST', path: `${REPOSITORY}/changes`, access: 'person', summary: 'Open a change request', status: 201, params: inRepository, body: api.newChange, reply: api.changeDto },
  change: { method: 'GET', path: CHANGE, access: 'person', summary: 'One change request', params: ofChange, reply: api.changeDto },
  updateChange: { method: 'PATCH', path: CHANGE, access: 'person', summary: 'Change title, body or draft', params: ofChange, body: api.changeUpdate, reply: api.changeDto },
  mergeChange: { method: 'POST', path: `${CHANGE}/merge`, access: 'person', summary: 'Merge a change request', params: ofChange, body: api.mergeChange, reply: api.changeDto },
  closeChange: { method: 'POST', path: `${CHANGE}/close`, access: 'person', summary: 'Close a change request', params: ofChange, body: api.closeChange, reply: api.changeDto },
  reviews: { method: 'GET', path: `${CHANGE}/reviews`, access: 'person', summary: 'List reviews', params: ofChange, reply: api.reviewList },
  createReview: { method: 'POST', path: `${CHANGE}/reviews`, access: 'person', summary: 'Review; on a promotion it counts as the approval', status: 201, params: ofChange, body: api.newReview, reply: api.review },
  statuses: { method: 'GET', path: `${REPOSITORY}/commits/:commit/statuses`, access: 'person', summary: 'Newest status of each context', params: ofCommit, reply: api.statusList },
  createStatus: { method: 'POST', path: `${REPOSITORY}/commits/:commit/statuses`, access: 'person', summary: 'Set a status on a commit', status: 201, params: ofCommit, body: api.newStatus, reply: api.status },

  agentNonce: { method: 'GET', path: '/agent/v1/nonce', access: 'public', summary: 'A nonce to sign a token over', reply: agent.nonce },
  agentEnrol: { method: 'POST', path: '/agent/v1/enrol', access: 'join', summary: 'Spend a join token for a cluster', body: agent.enrol, reply: agent.enrolled },
  agentStream: { method: 'GET', path: '/agent/v1/stream', access: 'agent', summary: 'Assignments, commands and nonces as they come; resumes by Last-Event-ID', stream: true },
  agentAssignment: { method: 'GET', path: '/agent/v1/assignment', access: 'agent', summary: 'What to run', reply: agent.assignment },
  agentCommands: { method: 'GET', path: '/agent/v1/commands', access: 'agent', summary: 'Commands that are not acknowledged', reply: agent.commands },
  agentAcknowledge: { method: 'POST', path: '/agent/v1/acknowledgements', access: 'agent', summary: 'Acknowledge commands', status: 204, body: agent.acknowledgements },
  agentReport: { method: 'POST', path: '/agent/v1/reports', access: 'agent', summary: 'Report the state; applied once by sequence', body: agent.agentReport, reply: agent.reportReceipt },
  agentHeartbeat: { method: 'POST', path: '/agent/v1/heartbeat', access: 'agent', summary: 'Sign of life; says whether to send everything again', body: agent.heartbeat, reply: agent.heartbeatReply },
  agentTakeTest: { method: 'POST', path: '/agent/v1/test-runs/:run/take', access: 'agent', summary: 'Take a run of a test: nobody else gets it then', params: z.object({ run: tests.zTestRunId }), reply: agent.testOrder },
  agentTestResult: { method: 'POST', path: '/agent/v1/test-runs/:run/result', access: 'agent', summary: 'Say what a run has come to; accepted once', status: 204, params: z.object({ run: tests.zTestRunId }), body: agent.testResult },

  notifications: { method: 'GET', path: `${V1}/notifications`, access: 'admin', summary: 'List who was told of what, newest first, and who cannot be told', query: notifications.notificationQuery, reply: notifications.notificationList },
  notificationTargets: { method: 'GET', path: `${V1}/notifications/targets`, access: 'person', summary: 'Which of some targets the server has a way to, and why not to the others', query: notifications.targetQuery, reply: notifications.targetList },
  testNotification: { method: 'POST', path: `${V1}/notifications/test`, access: 'admin', summary: 'Tell a target that this is a test', body: notifications.testRequest, reply: notifications.testReply },
  notifyEndpoints: { method: 'GET', path: `${V1}/notifications/endpoints`, access: 'admin', summary: 'List webhooks that are told, without their addresses and secrets', reply: notifications.endpointList },
  addNotifyEndpoint: { method: 'POST', path: `${V1}/notifications/endpoints`, access: 'admin', summary: 'Store a webhook; its secret is shown once', status: 201, body: notifications.newEndpoint, reply: notifications.endpointSecret },
  rotateNotifyEndpoint: { method: 'POST', path: `${V1}/notifications/endpoints/:endpoint/rotate`, access: 'admin', summary: 'Give a webhook another secret; for a day messages carry signatures by both', params: notifications.endpointParams, reply: notifications.endpointSecret },
  removeNotifyEndpoint: { method: 'DELETE', path: `${V1}/notifications/endpoints/:endpoint`, access: 'admin', summary: 'Forget a webhook', status: 204, params: notifications.endpointParams },
  slackNotifications: { method: 'GET', path: `${SLACK}/notifications`, access: 'service', summary: 'What the bot is to post now', reply: notifications.slackNotificationList },
  settleSlackNotification: { method: 'POST', path: `${SLACK}/notifications/:notification/outcome`, access: 'service', summary: 'How posting it went', status: 204, params: notifications.slackNotificationParams, body: notifications.slackOutcome },

  audit: { method: 'GET', path: `${V1}/audit/entries`, access: 'admin', summary: 'List what was written, newest first', query: audit.auditQuery, reply: audit.auditList },
  auditEntry: { method: 'GET', path: `${V1}/audit/entries/:sequence`, access: 'admin', summary: 'One entry of the audit', params: audit.auditParams, reply: audit.auditRecord },
  auditHeads: { method: 'GET', path: `${V1}/audit/heads`, access: 'admin', summary: 'Signed heads of the audit, and the public keys', reply: audit.auditHeads },
  signAudit: { method: 'POST', path: `${V1}/audit/heads`, access: 'admin', summary: 'Sign the head of the audit now, and tell it to those who keep it', reply: audit.signedAudit },
  verifyAudit: { method: 'GET', path: `${V1}/audit/verification`, access: 'admin', summary: 'Follow the whole chain of the audit and compare it with every signed head', reply: audit.auditVerdict },
  exportAudit: { method: 'GET', path: `${V1}/audit/export`, access: 'admin', summary: 'The audit as JSON lines; a filter leaves entries out, and no links', query: audit.auditExportQuery },

  openApi: { method: 'GET', path: `${V1}/openapi.json`, access: 'public', summary: 'This interface as an OpenAPI document', reply: z.record(z.string(), z.unknown()) },
  alive: { method: 'GET', path: '/healthz', access: 'public', summary: 'The process answers', reply: api.health },
  ready: { method: 'GET', path: '/readyz', access: 'public', summary: 'Database and queue answer', reply: api.health },
  metrics: { method: 'GET', path: '/metrics', access: 'public', summary: 'Prometheus metrics' },
} as const satisfies Record<string, Route>;
export type RouteName = keyof typeof API;

/** The path of a route with its parameters filled in and encoded: `pathOf(API.promotion, { repository, promotion })`. */
export function pathOf(route: Pick<Route, 'path'>, params: Readonly<Record<string, string | number>> = {}): string {
  return route.path.replace(/:([a-z]+)/gi, (_, name: string) => {
    const value = params[name];
    if (value === undefined) throw new TypeError(`${route.path} needs the parameter ${name}`);
    return encodeURIComponent(String(value));
  });
}
