import { describeForgeContract } from '@sluice/testing';
import { forgeUnderTest } from './gitlab.fixture.js';

describeForgeContract('GitLab', forgeUnderTest);
