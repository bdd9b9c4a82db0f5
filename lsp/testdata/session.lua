-- Opens a pair in Neovim, waits for the findings of both files, applies a quick
-- fix, and writes what came of it as JSON to $RESULT. It runs in the pair's folder.
local id = vim.lsp.start_client({
  name = 'deployctl',
  cmd = { os.getenv('SERVER') },
  cmd_env = { DEPLOYCTL_TEST_SERVE = '1' },
  root_dir = vim.fn.getcwd(),
})

local function open(name, filetype)
  vim.cmd('edit ' .. name)
  local buffer = vim.api.nvim_get_current_buf()
  vim.bo[buffer].filetype = filetype
  vim.lsp.buf_attach_client(buffer, id)
  return buffer
end

local function codes(buffer)
  local all = {}
  for _, d in ipairs(vim.diagnostic.get(buffer)) do
    table.insert(all, d.code or d.user_data.lsp.code)
  end
  table.sort(all)
  return all
end

local function has(buffer, code)
  return vim.tbl_contains(codes(buffer), code)
end

local result = {}
local nginx = open('site.conf', 'nginx')
local uwsgi = open('uwsgi.ini', 'dosini')
result.arrived = vim.wait(20000, function()
  return has(nginx, 'pair-socket-mismatch') and has(uwsgi, 'uwsgi-unknown-option')
end, 20)
result.nginx, result.uwsgi = codes(nginx), codes(uwsgi)

-- Typing into one file refreshes the other.
vim.api.nvim_buf_set_lines(uwsgi, 1, 2, true, { 'socket = 127.0.0.1:8001' })
result.refreshed = vim.wait(20000, function()
  return not has(nginx, 'pair-socket-mismatch')
end, 20)

-- The preferred quick fix of the misspelled directive.
local client = vim.lsp.get_client_by_id(id)
local at = { line = 2, character = 6 }
local answers = vim.lsp.buf_request_sync(nginx, 'textDocument/codeAction', {
  textDocument = vim.lsp.util.make_text_document_params(nginx),
  range = { start = at, ['end'] = at },
  context = { diagnostics = {}, only = { 'quickfix' } },
}, 20000)
result.titles = {}
for _, action in ipairs((answers or {})[id] and answers[id].result or {}) do
  table.insert(result.titles, action.title)
  if action.isPreferred and action.edit and not result.applied then
    vim.lsp.util.apply_workspace_edit(action.edit, client.offset_encoding)
    result.applied = action.title
  end
end
result.text = vim.api.nvim_buf_get_lines(nginx, 0, -1, false)

local hover = vim.lsp.buf_request_sync(nginx, 'textDocument/hover', {
  textDocument = vim.lsp.util.make_text_document_params(nginx), position = { line = 1, character = 6 },
}, 20000)
result.hover = (hover or {})[id] and hover[id].result and hover[id].result.contents.value

vim.fn.writefile({ vim.fn.json_encode(result) }, os.getenv('RESULT'))
client.stop()
vim.wait(5000, function() return client.is_stopped() end, 20)
vim.cmd('qall!')
