import { describeForgeContract } from '@sluice/testing';
import { createGithubWorld, ofApp } from './github.fixture.js';

describeForgeContract('GitHub by a token', () => createGithubWorld());
describeForgeContract('GitHub by an app', () => createGithubWorld({ credential: ofApp }));
