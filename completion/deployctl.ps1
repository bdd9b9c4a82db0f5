# PowerShell completion of deployctl:
# deployctl completion powershell | Out-String | Invoke-Expression in $PROFILE

Register-ArgumentCompleter -Native -CommandName deployctl -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @($commandAst.CommandElements | Select-Object -Skip 1 | ForEach-Object { "$_" })
    # Older releases drop empty arguments of programs; "" stands for one.
    if ($wordToComplete -eq '') { $words += '""' }
    deployctl __complete @words 2>$null | ForEach-Object {
        $word, $usage = $_ -split "`t", 2
        if (-not $usage) { $usage = $word }
        [System.Management.Automation.CompletionResult]::new($word, $word, 'ParameterValue', $usage)
    }
}
