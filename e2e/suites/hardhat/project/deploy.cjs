// The script that `hardhat run` runs: deploys a Lock and prints where.
const { ethers } = require('hardhat');

ethers.deployContract('Lock', [4_000_000_000n]).then((lock) => lock.waitForDeployment())
  .then((lock) => console.log(`deployed ${lock.target}`))
  .catch((error) => { console.error(error); process.exitCode = 1; });
