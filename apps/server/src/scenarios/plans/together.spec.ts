import { tellTogether } from '../../tell-together.fixture.js';

await tellTogether(import.meta);
