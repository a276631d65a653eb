process.exitCode = 70;
