import { openKernelGround } from './kernel-ground.testkit.ts';
import { vrrpWorldContract } from './vrrp-world-contract.testkit.ts';

vrrpWorldContract('the kernel', openKernelGround);
