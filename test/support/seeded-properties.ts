/** Before every test file: the examples of properties follow from the seed of the run as well. */
import fc from 'fast-check';
import { runSeed } from './chance';

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: runSeed() });
