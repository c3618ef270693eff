"""What each code of a detail says, in Portuguese and in English; its fields fill the blanks."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from autograder.report.phrase import Phrase
from autograder.report.refusal_phrases import REFUSAL_PHRASES

_SAME: Final = Phrase("{error}", "{error}")

PHRASES: Final[Mapping[str, Phrase]] = MappingProxyType(
    {
        "value.instead": Phrase("{found} em vez de {due}", "{found} where {due} is due"),
        "value.doubtful": Phrase(
            "{found} em vez de {due}, o que pode ser lido de mais de um modo",
            "{found} where {due} is due, which can be read in more than one way",
        ),
        "value.element": Phrase("[{index}]: {fault}", "[{index}] is {fault}"),
        "value.and_more": Phrase("{fault} (e mais {more} assim)", "{fault} (and {more} more like it)"),
        "value.number_count": Phrase("{count} números em vez de {due}", "{count} numbers where {due} are due"),
        "value.word_count": Phrase("{count} palavras em vez de {due}", "{count} words where {due} are due"),
        "value.no_key": Phrase(
            "não há nenhuma das chaves {keys}; há {found}", "none of the keys {keys} is present; found {found}"
        ),
        "value.word_twice": Phrase("{word} aparece duas vezes", "{word} occurs twice"),
        "value.absent": Phrase("falta este valor", "this value is missing"),
        "found.nothing": Phrase("nada", "nothing"),
        "found.true": Phrase("True", "True"),
        "found.false": Phrase("False", "False"),
        "found.number": Phrase("um número", "a number"),
        "found.text": Phrase("um texto", "text"),
        "found.list": Phrase("uma lista", "a list"),
        "found.dictionary": Phrase("um dicionário", "a dictionary"),
        "found.table": Phrase("uma tabela", "a table"),
        "found.record": Phrase("um objeto com campos", "an object with fields"),
        "found.set": Phrase("um conjunto", "a set"),
        "found.truths": Phrase("uma lista de True e False", "a list of True and False"),
        "found.not_finite": Phrase("um valor que não é finito", "not finite"),
        "found.too_large": Phrase("um número grande demais", "too large"),
        "found.word": Phrase("'{word}'", "'{word}'"),
        "found.foreign_letter": Phrase("'{letter}' (letra {name} do Unicode)", "'{letter}' (Unicode's {name})"),
        "unsupported.class": Phrase("um objeto da classe {name} (de {module})", "an object of class {name} ({module})"),
        "unsupported.iterator": Phrase(
            "um iterador ({name}, não percorrido na correção)", "an iterator ({name}, not consumed by the grader)"
        ),
        "unsupported.absent_module": Phrase(
            "um valor do módulo {module}, que não está instalado aqui",
            "a value of the module {module}, which is not installed here",
        ),
        "unsupported.array": Phrase("um vetor de {dtype}", "an array of {dtype}"),
        "unsupported.key_class": Phrase(
            "um dicionário com uma chave que não é texto nem número inteiro, e sim da classe {name} (de {module})",
            "a dictionary with a key that is neither text nor a whole number but of class {name} ({module})",
        ),
        "unsupported.same_keys": Phrase(
            "um dicionário com duas chaves que se leem '{key}'", "a dictionary with two keys that read '{key}'"
        ),
        "unsupported.key_not_unicode": Phrase(
            "um dicionário com uma chave que não é Unicode", "a dictionary with a key that is not Unicode"
        ),
        "unsupported.not_unicode": Phrase("um texto que não é Unicode", "text that is not Unicode"),
        "unsupported.not_finite": Phrase("um valor que não é finito", "not a finite number"),
        "unsupported.integer": Phrase("um inteiro de mais de {bits} bits", "a whole number of more than {bits} bits"),
        "unsupported.nesting": Phrase("um valor aninhado demais", "a value nested too deeply"),
        "unsupported.bytes": Phrase("um valor de mais de {bytes} bytes", "a value larger than {bytes} bytes"),
        "unsupported.elements": Phrase(
            "um valor de mais de {count} elementos", "a value of more than {count} elements"
        ),
        "unsupported.unreadable": Phrase("um valor que não pode ser lido", "a value that cannot be read"),
        "due.number": Phrase("um número", "a number"),
        "due.numbers": Phrase("uma lista de {count} números", "a list of {count} numbers"),
        "due.word": Phrase("uma palavra", "a word"),
        "due.words": Phrase("uma lista de {count} palavras", "a list of {count} words"),
        "due.one_word": Phrase("uma destas palavras: {words}", "one of {words}"),
        "due.letter": Phrase("uma das letras {letters}", "one of the letters {letters}"),
        "due.dictionary": Phrase("um dicionário", "a dictionary"),
        "environment.backend": Phrase(
            "o Keras roda aqui com o TensorFlow, não com {backend}", "Keras runs on TensorFlow here, not on {backend}"
        ),
        "environment.module": Phrase(
            "o módulo {module} não está instalado aqui", "the module {module} is not installed here"
        ),
        "environment.magic": Phrase("{magic} não funciona aqui", "{magic} does not work here"),
        "environment.statement": Phrase(
            "não funciona aqui: {statement} ({error})", "does not work here: {statement} ({error})"
        ),
        "dependents": Phrase(
            "sem valor por causa dela: {variables}; células que falharam por causa dela: {cells}",
            "without a value because of it: {variables}; cells that failed because of it: {cells}",
        ),
        "time.notebook": Phrase("o notebook levou mais de {seconds} s", "the notebook ran longer than {seconds} s"),
        "time.cell": Phrase(
            "a célula {cell} levou mais de {seconds} s e não pôde ser interrompida",
            "cell {cell} ran longer than {seconds} s and could not be interrupted",
        ),
        "time.start": Phrase(
            "o notebook não começou a ser executado em {seconds} s", "the payload did not start within {seconds} s"
        ),
        "limit.output": Phrase("mais de {mebibytes} MiB de saída", "more than {mebibytes} MiB of output"),
        "limit.memory": Phrase("mais de {mebibytes} MiB de memória", "more than {mebibytes} MiB of memory"),
        "limit.processes": Phrase(
            "mais de {processes} processos e threads", "more than {processes} processes and threads"
        ),
        "limit.evidence_bytes": Phrase(
            "mais de {bytes} bytes de respostas e registros", "more than {bytes} bytes of evidence"
        ),
        "limit.evidence_elements": Phrase(
            "mais de {count} elementos em respostas e registros", "more than {count} elements of evidence"
        ),
        "ended.machine_memory": Phrase(
            "a máquina ficou sem memória: use menos --workers", "the machine ran out of memory: give it fewer --workers"
        ),
        "ended.signal": Phrase("o processo foi morto pelo sinal {signal}", "the process was killed by {signal}"),
        "ended.status": Phrase(
            "o processo terminou por conta própria, com o código {status}",
            "the process ended by itself with status {status}",
        ),
        "ended.pipe": Phrase("o notebook fechou o canal com o corretor", "the process closed its pipe"),
        "ended.in_cell": Phrase("{how}, na célula {cell}", "{how} in cell {cell}"),
        "ended.protocol": Phrase(
            "o notebook escreveu no canal do corretor ({error})", "the notebook broke the protocol: {error}"
        ),
        "ended.before_first_cell": Phrase("antes da primeira célula: {how}", "before the first cell: {how}"),
        "ended.saying": Phrase("{how}: {output}", "{how}: {output}"),
        "error": _SAME,
        "cell.interrupted": Phrase("interrompida depois de {seconds} s", "interrupted after {seconds} seconds"),
        "cell.trainings": Phrase(
            "este notebook atingiu o limite de treinamentos",
            "this notebook has reached its limit of trainings",
        ),
        "journal.entry": Phrase("{kind} {position}: {fault}", "{kind} {position}: {fault}"),
        "journal.too_many": Phrase(
            "registros demais ({kind}): {count}; só os primeiros {most} foram lidos",
            "too many entries ({kind}): {count}; only the first {most} were read",
        ),
        "journal.call": Phrase(
            "uma chamada na célula {cell} não pôde ser lida: {error}",
            "a call in cell {cell} could not be read: {error}",
        ),
        "journal.and_more": Phrase("e mais {more}", "and {more} more"),
        "kind.training": Phrase("treinamento", "training"),
        "kind.evaluation": Phrase("avaliação", "evaluation"),
        "kind.figure": Phrase("figura", "figure"),
        "kind.loop": Phrase("laço de treinamento", "training loop"),
        "entry.no_object": Phrase("não é um objeto JSON", "it is not a JSON object"),
        "entry.invalid": Phrase("campo {place}: {error}", "{place}: {error}"),
        "entry.too_much": Phrase("tem valores demais", "it holds too many values"),
        "entry.text": Phrase("tem um texto de {characters} caracteres", "it holds a text of {characters} characters"),
        "entry.number": Phrase(
            "tem um número grande demais ou que não é finito", "it holds a number that is too large or not finite"
        ),
        "entry.number_taken": Phrase(
            "o número {number} já é de um treinamento anterior", "its number {number} was taken by an earlier one"
        ),
        "entry.unknown_training": Phrase(
            "cita o treinamento {number}, que não está no registro",
            "it names training {number}, which is not in the journal",
        ),
        "entry.results": Phrase("tem resultados demais", "it has too many results"),
        "entry.no_steps": Phrase("não tem nenhum passo", "it has no steps"),
        "entry.impossible": Phrase(
            "épocas, tamanho do lote ou parâmetros impossíveis", "its epochs, batch size or parameters are impossible"
        ),
        "entry.parts": Phrase("tem camadas, métricas ou opções demais", "it has too many layers, metrics or options"),
        "entry.rates": Phrase(
            "tem {count} taxas de aprendizado para {epochs} épocas", "it has {count} learning rates for {epochs} epochs"
        ),
        "entry.history_names": Phrase("o histórico tem nomes demais", "its history has too many names"),
        "entry.history_length": Phrase(
            "o histórico é mais longo que as {epochs} épocas", "its history is longer than its {epochs} epochs"
        ),
        "claim.unreadable": Phrase(
            "o registro de valores do próprio notebook não pôde ser lido: {error}",
            "the notebook's own record of its values could not be read: {error}",
        ),
        "claim.version": Phrase(
            "o registro de valores do próprio notebook tem a versão {version}, e não {due}",
            "the notebook's own record of its values has version {version}, not {due}",
        ),
        "claim.form": Phrase(
            "o registro de valores do próprio notebook não está no formato esperado",
            "the notebook's own record of its values does not have the expected form",
        ),
        "word.yes": Phrase("sim", "yes"),
        "word.no": Phrase("não", "no"),
        "interval.range": Phrase("{lower} a {upper}", "{lower} to {upper}"),
        "recipe.rate": Phrase("{epoch}: {rate}", "{epoch}: {rate}"),
        "initial.unseen": Phrase("não observados", "not observed"),
        "initial.not_finite": Phrase("{layer}: pesos que não são finitos", "{layer}: weights that are not finite"),
        "initial.bias": Phrase("{layer}: um viés que não começa em 0", "{layer}: a bias that does not start at 0"),
        "initial.scale": Phrase(
            "{layer}: um fator de escala que não começa em 1", "{layer}: a scale that does not start at 1"
        ),
        "initial.constant": Phrase(
            "{layer}: pesos que não começam nem em 0 nem em 1", "{layer}: weights that start neither at 0 nor at 1"
        ),
        "initial.kernel_bounds": Phrase(
            "{layer}: pesos fora do intervalo padrão do Keras", "{layer}: a kernel beyond Keras's default bounds"
        ),
        "initial.kernel_spread": Phrase(
            "{layer}: pesos que não se distribuem uniformemente no intervalo padrão do Keras",
            "{layer}: a kernel that is not drawn evenly between Keras's default bounds",
        ),
        "initial.kernel_copied": Phrase("{layer}: pesos com valores repetidos", "{layer}: a kernel of copied values"),
        "initial.optimizer": Phrase(
            "{optimizer}: o otimizador não é novo", "{optimizer}: an optimizer that is not new"
        ),
        "recipe.data": Phrase(
            "{shape}, média {mean}, desvio padrão {std}, de {minimum} a {maximum}",
            "{shape}, mean {mean}, standard deviation {std}, from {minimum} to {maximum}",
        ),
        "file.png": Phrase("uma imagem PNG", "a PNG picture"),
        "file.jpeg": Phrase("uma imagem JPEG", "a JPEG picture"),
        "file.gif": Phrase("uma imagem GIF", "a GIF picture"),
        "file.pdf": Phrase("um PDF", "a PDF"),
        "file.office": Phrase("um zip ou um documento do Office", "a zip or an Office document"),
        "file.rar": Phrase("um arquivo RAR", "a RAR archive"),
        "file.seven_zip": Phrase("um arquivo 7-Zip", "a 7-Zip archive"),
        "file.gzip": Phrase("um arquivo gzip", "a gzip archive"),
        "file.hdf5": Phrase("um arquivo HDF5", "an HDF5 file"),
        "file.property_list": Phrase(
            "o que o iCloud deixa no lugar de um arquivo, ou outra lista de propriedades",
            "what iCloud leaves in place of a file, or another property list",
        ),
        "file.rtf": Phrase("um texto com formatação (RTF)", "a text with formats (RTF)"),
        "file.shortcut": Phrase("um atalho para um arquivo ou uma página", "a shortcut to a file or a page"),
        "names.all": Phrase("{names}", "{names}"),
        "names.some": Phrase("{names} e mais {more}", "{names} and {more} more"),
        **REFUSAL_PHRASES,
    }
)
"""Every code of `records.VOCABULARY` with its phrases."""
