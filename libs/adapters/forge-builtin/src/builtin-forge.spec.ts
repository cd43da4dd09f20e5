import { describeForgeContract } from '@sluice/testing';
import { createTestForge } from './forge.fixture.js';

describeForgeContract('The built-in forge', () => createTestForge());
